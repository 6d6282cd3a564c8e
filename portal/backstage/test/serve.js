'use strict';
// Backstage's own scaffolder with this module, the template in its catalog, and a GitHub to publish to; until killed.
// In, on stdin: {pavedRoad, folder}. Out, a line on stdout: {scaffolder, github}, their URLs.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { createServiceFactory } = require('@backstage/backend-plugin-api');
const { mockServices, startTestBackend } = require('@backstage/backend-test-utils');
const { catalogServiceRef } = require('@backstage/plugin-catalog-node');
const { catalogServiceMock } = require('@backstage/plugin-catalog-node/testUtils');
const scaffolder = require('@backstage/plugin-scaffolder-backend').default;
const github = require('@backstage/plugin-scaffolder-backend-module-github').default;
const yaml = require('yaml');
const { startGitHub } = require('./github');
const pavedRoad = require('..');

/** The catalog: it has the template, and reads what is registered from the repositories that were pushed. */
function catalogOf(template, repositories) {
  const annotations = { 'backstage.io/managed-by-location': 'url:https://github.com/acme/portal/blob/main/template.yaml' };
  const metadata = { ...template.metadata, namespace: 'default', annotations };
  const catalog = catalogServiceMock({ entities: [{ ...template, metadata }] });
  catalog.addLocation = async location => {
    const [, repository, branch, file] = /github\.com\/([^/]+\/[^/]+)\/(?:blob|tree)\/([^/]+)\/(.*)$/.exec(location.target);
    const folder = path.join(repositories, `${repository}.git`);
    const text = execFileSync('git', ['-C', folder, 'show', `${branch}:${file}`], { encoding: 'utf8' });
    const entities = yaml.parseAllDocuments(text).map(document => document.toJS());
    return { location: { ...location, id: '1' }, entities };
  };
  return createServiceFactory({ service: catalogServiceRef, deps: {}, factory: () => catalog });
}

async function main({ folder, pavedRoad: settings }) {
  const repositories = path.join(folder, 'repositories');
  const workspaces = path.join(folder, 'workspaces');
  fs.mkdirSync(workspaces, { recursive: true });
  const { url: hub } = await startGitHub(repositories);
  const template = yaml.parse(fs.readFileSync(path.join(__dirname, '..', 'template.yaml'), 'utf8'));
  const data = {
    app: { baseUrl: 'http://localhost:3000' },
    backend: { baseUrl: 'http://localhost:7007', workingDirectory: workspaces },
    integrations: { github: [{ host: 'github.com', apiBaseUrl: hub, token: 'a-token' }] },
    pavedRoad: settings,
  };
  const { server } = await startTestBackend({
    features: [
      scaffolder,
      github,
      pavedRoad,
      mockServices.rootConfig.factory({ data }),
      mockServices.logger.factory({ level: 'error' }),
      catalogOf(template, repositories),
    ],
  });
  const answer = { scaffolder: `http://localhost:${server.port()}/api/scaffolder/v2`, github: hub };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

main(JSON.parse(fs.readFileSync(0, 'utf8')));
