export interface Config {
  /** What `copier:copy` may generate from: nobody who fills in a form can change it. */
  pavedRoad: {
    /** Where the template is, in git: a URL that ends in `.git`. */
    template: string;
    /** The release that the form was made for, for instance `v0.1.0`; a branch or a commit will do too. */
    ref: string;
    /** The program, if it is not on the backend's PATH. */
    copier?: string;
    /** Answers of the whole organisation to questions that the form does not ask, as in docs/examples/acme.yml. */
    answers?: { [question: string]: unknown };
  };
}
