// Reads a list of objects, and writes for each what its own schema refuses. A validator made of the resource's definition
// looks at values, required fields and formats; it lets unknown fields pass, so TypeScript looks at those.
import { readFileSync } from "node:fs";
import ts from "typescript";

const PACKAGES = {
  "argoproj.io": "argo-rollouts",
  "external-secrets.io": "external-secrets",
  "monitoring.coreos.com": "prometheus-operator",
  "security.istio.io": "istio",
};

const place = ({ apiVersion, kind }) =>
  `@kubernetes-models/${PACKAGES[apiVersion.split("/")[0]]}/${apiVersion}/${kind}`;

async function values(object) {
  let model;
  try {
    model = await import(place(object));
  } catch {
    return [`no schema for ${object.apiVersion} ${object.kind}`];
  }
  try {
    new model[object.kind](object).validate();
    return [];
  } catch (error) {
    return [error.message];
  }
}

function fields(objects) {
  const lines = objects.map(
    (object, at) =>
      `import type { I${object.kind} as T${at} } from "${place(object)}"; export const o${at}: T${at} = ${JSON.stringify(object)};`,
  );
  const file = "objects.ts";
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [],
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, lines.join("\n"), ...rest) : getSourceFile.call(host, name, ...rest);
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  const program = ts.createProgram([file], options, host);
  const found = objects.map(() => []);
  for (const each of ts.getPreEmitDiagnostics(program)) {
    const line = each.file ? each.file.getLineAndCharacterOfPosition(each.start).line : 0;
    found[line].push(ts.flattenDiagnosticMessageText(each.messageText, " "));
  }
  return found;
}

const objects = JSON.parse(readFileSync(0, "utf8"));
const known = await Promise.all(objects.map(values));
const unknown = fields(objects);
console.log(JSON.stringify(objects.map((_, at) => [...known[at], ...unknown[at]])));
