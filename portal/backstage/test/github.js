'use strict';
// A GitHub for tests: it makes repositories, takes pushes by git's own server program, and keeps what it was told.
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs/promises');
const http = require('node:http');
const path = require('node:path');

/**
 * @param {string} folder where repositories go
 * @returns {Promise<{url: string, close: () => void}>} below /told: what it was told
 */
async function startGitHub(folder) {
  /** @type {any[]} */
  const told = [];
  const server = http.createServer(async (request, response) => {
    const { pathname, search } = new URL(String(request.url), url());
    if (pathname.startsWith('/git/')) return serveGit(folder, request, response, pathname.slice(4), search.slice(1));
    if (pathname === '/told') return response.end(JSON.stringify(told));
    const chunks = await request.toArray();
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    const [status, answer] = reply(`${request.method} ${pathname}`, body);
    told.push({ call: `${request.method} ${pathname}`, token: request.headers.authorization, body });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const url = () => `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;

  /** @type {(call: string, body: any) => [number, object]} */
  const reply = (call, body) => {
    if (call.startsWith('GET /users/')) return [200, { type: 'Organization' }];
    if (call === 'POST /orgs/full/repos') {
      return [422, { message: 'Repository creation failed.', errors: [{ message: 'name already exists on this account' }] }];
    }
    if (/^POST \/orgs\/[^/]+\/repos$/.test(call)) {
      const owner = call.split('/')[2];
      execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', path.join(folder, owner, `${body.name}.git`)]);
      execFileSync('git', ['-C', path.join(folder, owner, `${body.name}.git`), 'config', 'http.receivepack', 'true']);
      const page = `https://github.com/${owner}/${body.name}`;
      return [201, { name: body.name, clone_url: `${url()}/git/${owner}/${body.name}.git`, html_url: page }];
    }
    if (/^POST \/repos\/locked\/[^/]+\/rulesets$/.test(call)) return [403, { message: 'Resource not accessible' }];
    if (/^POST \/repos\/.*\/rulesets$/.test(call)) return [201, { id: 1 }];
    return [404, { message: `nobody told this GitHub about ${call}` }];
  };
  await fs.mkdir(folder, { recursive: true });
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { url: url(), close: () => server.close() };
}

/** @type {(folder: string, request: http.IncomingMessage, response: http.ServerResponse, at: string, query: string) => void} */
function serveGit(folder, request, response, at, query) {
  const program = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: at,
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
  });
  request.pipe(program.stdin);
  const chunks = /** @type {Buffer[]} */ ([]);
  program.stdout.on('data', chunk => chunks.push(chunk));
  program.on('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    const headers = all.subarray(0, end).toString().split('\r\n').map(line => line.split(': '));
    const { Status: status = '200', ...others } = Object.fromEntries(headers);
    response.writeHead(parseInt(status, 10), others).end(all.subarray(end + 4));
  });
}

module.exports = { startGitHub };
