// Runs a workflow's jobs on this machine: parsed by GitHub's own parser, its expressions evaluated by GitHub's own
// evaluator, its `run:` steps executed in order by bash. Actions (`uses:`), `strategy` and `container` are passed over.
//
// In, on stdin:   {root, file, jobs: [id, …] (default all), needs: {id: result} and outputs: {id: {}} (of jobs that are
//                  not run), and the contexts github, vars and inputs}
// Out, on stdout: {errors: [message], jobs: {id: {result, summary, outputs: {}, steps: [{name, result, output}]}}}
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from "@actions/workflow-parser";

const order = JSON.parse(fs.readFileSync(0, "utf8"));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "workflow-"));
const given = { github: order.github ?? {}, vars: order.vars ?? {}, inputs: order.inputs ?? {}, secrets: {} };

function toData(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (Array.isArray(value)) return new data.Array(...value.map(toData));
  return new data.Dictionary(...Object.entries(value).map(([key, entry]) => ({ key, value: toData(entry) })));
}

// `statuses` are the results that success() and failure() look at: of the jobs before, or of the steps before.
function evaluate(expression, contexts, statuses) {
  const failed = statuses.includes("failure");
  const succeeded = statuses.every((status) => status === "success");
  const verdicts = { always: true, cancelled: false, failure: failed, success: succeeded };
  const functions = Object.entries(verdicts).map(([name, verdict]) => ({
    name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(verdict),
  }));
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), functions).parse();
  return new Evaluator(tree, toData(contexts), new Map(functions.map((each) => [each.name, each]))).evaluate();
}

const text = (token, contexts, statuses) =>
  token.expression === undefined ? token.toString() : evaluate(token.expression, contexts, statuses).coerceString();

const holds = (token, contexts, statuses) => {
  const value = evaluate(token?.expression ?? "success()", contexts, statuses);
  return !["", "0", "false"].includes(value.coerceString());
};

const entries = (token) => (token ? Array.from({ length: token.count }, (_, i) => token.get(i)) : []);
const at = (token, ...keys) => keys.reduce((found, key) => entries(found).find((e) => e.key.toString() === key)?.value, token);
const environment = (token, contexts) =>
  Object.fromEntries(entries(token).map(({ key, value }) => [key.toString(), text(value, contexts, [])]));

// How a job ends that calls another workflow: that one's jobs are run by naming its file.
const CALLED = { result: "success", summary: "", outputs: {}, steps: [] };

// What GitHub starts for `shell: bash`, and for no shell named at all.
const BASH = { bash: ["--noprofile", "--norc", "-eo", "pipefail"], undefined: ["-e"] };

function runJob(job, needs, inherited, defaultShell) {
  const tree = at(parsed.value, "jobs", job.id.toString(), "steps");
  const files = Object.fromEntries(["GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_OUTPUT"].map((name) => {
    const file = path.join(scratch, `${job.id}-${name}`);
    fs.writeFileSync(file, "");
    return [name, file];
  }));
  const pairs = (name) => Object.fromEntries(fs.readFileSync(files[name], "utf8").split("\n").filter(Boolean)
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const contexts = { ...given, runner: { os: "Linux", temp: scratch }, needs, steps: {}, env: {} };
  const outcome = { result: "success", steps: [] };

  for (const [i, step] of job.steps.entries()) {
    // The parser checks a step's shell but leaves it in the tree.
    const shell = at(tree.get(i), "shell")?.toString() ?? defaultShell;
    contexts.env = { ...inherited, ...environment(job.env, contexts), ...pairs("GITHUB_ENV") };
    const statuses = [outcome.result];
    if (!step.run) continue;
    if (!holds(step.if, contexts, statuses)) {
      outcome.steps.push({ name: text(step.name ?? step.run, contexts, statuses), result: "skipped", output: "" });
    } else {
      const script = path.join(scratch, "step.sh");
      const log = path.join(scratch, "step.log");
      fs.writeFileSync(script, text(step.run, contexts, statuses));
      fs.writeFileSync(files.GITHUB_OUTPUT, "");
      const sink = fs.openSync(log, "w");
      const { status } = spawnSync("bash", [...BASH[shell], script], {
        cwd: order.root,
        env: { ...process.env, CI: "true", GITHUB_ACTIONS: "true", RUNNER_TEMP: scratch, ...contexts.env, ...environment(step.env, contexts), ...files },
        stdio: ["ignore", sink, sink],
      });
      fs.closeSync(sink);
      const result = status === 0 ? "success" : "failure";
      if (status !== 0 && !step["continue-on-error"]) outcome.result = "failure";
      contexts.steps[step.id] = { outputs: pairs("GITHUB_OUTPUT"), outcome: result, conclusion: result };
      outcome.steps.push({ name: text(step.name ?? step.run, contexts, statuses), result, output: fs.readFileSync(log, "utf8") });
    }
  }
  outcome.summary = fs.readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
  outcome.outputs = Object.fromEntries(entries(at(parsed.value, "jobs", job.id.toString(), "outputs"))
    .map(({ key, value }) => [key.toString(), text(value, contexts, [outcome.result])]));
  return outcome;
}

const content = fs.readFileSync(path.join(order.root, order.file), "utf8");
const parsed = parseWorkflow({ name: order.file, content }, new NoOperationTraceWriter());
const workflow = await convertWorkflowTemplate(parsed.context, parsed.value, undefined, { errorPolicy: 1 });
const errors = parsed.context.errors.getErrors().map((error) => error.message);

const results = { ...order.needs };
const outputs = { ...order.outputs };
const jobs = {};
for (const job of errors.length ? [] : workflow.jobs) {
  const id = job.id.toString();
  if (order.jobs && !order.jobs.includes(id)) continue;
  const needs = Object.fromEntries((job.needs ?? []).map((need) => [need.toString(), { result: results[need.toString()], outputs: outputs[need.toString()] ?? {} }]));
  const before = Object.values(needs).map((need) => need.result);
  const defaultShell = at(parsed.value, "defaults", "run", "shell")?.toString();
  jobs[id] = holds(job.if, { ...given, needs }, before)
    ? job.steps ? runJob(job, needs, environment(workflow.env, given), defaultShell) : CALLED
    : { result: "skipped", summary: "", outputs: {}, steps: [] };
  results[id] = jobs[id].result;
  outputs[id] = jobs[id].outputs;
}
fs.rmSync(scratch, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ errors, jobs }));
