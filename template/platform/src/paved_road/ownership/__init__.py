"""Who owns what: ``raci.yml`` read, held against its rules, asked, and turned into CODEOWNERS."""
