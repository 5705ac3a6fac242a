// A real Chromium for tests: CHROMIUM_PATH, then Debian's, then the one that comes from npm (linux-x64), which brings
// its own libraries and fonts and needs nothing of the machine. Where there is none, tests skip aloud.
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { ROOT } from './folder.ts';

const PACKAGE = join(ROOT, 'node_modules/@sparticuz/chromium');

type Found = { readonly executablePath: string; readonly env: Record<string, string> };

async function unpack(): Promise<Found> {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  const folder = join(ROOT, '.tmp', `chromium-${version}`);
  if (!existsSync(folder)) {
    const making = `${folder}.${process.pid}`;
    mkdirSync(making, { recursive: true });
    for (const name of ['chromium', 'al2023.tar', 'fonts.tar', 'swiftshader.tar']) {
      const target = join(making, name);
      const options = name === 'chromium' ? { mode: 0o755 } : {};
      await pipeline(
        createReadStream(join(PACKAGE, 'bin', `${name}.br`)),
        createBrotliDecompress(),
        createWriteStream(target, options),
      );
      if (!name.endsWith('.tar')) continue;
      const { status, stderr } = spawnSync('tar', ['-xf', target, '-C', making], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`unpacking ${name}: ${stderr}`);
      rmSync(target);
    }
    try {
      renameSync(making, folder);
    } catch (error) {
      // another worker was faster: its folder is as good
      rmSync(making, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  // Chinese text needs a Chinese font, and a bare machine has none: the labels' own font serves here too
  const places = [
    `${folder}/fonts`,
    '/usr/share/fonts',
    join(ROOT, 'node_modules/@expo-google-fonts/noto-sans-sc'),
  ];
  const configuration = join(folder, 'fonts.conf');
  writeFileSync(
    configuration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${places
      .map((place) => `<dir>${place}</dir>`)
      .join('')}<cachedir>${folder}/font-cache</cachedir></fontconfig>`,
  );
  const library = existsSync(join(folder, 'al2023/lib')) ? join(folder, 'al2023/lib') : join(folder, 'lib');
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: library, FONTCONFIG_FILE: configuration },
  };
}

async function find(): Promise<Found | null> {
  for (const path of [process.env.CHROMIUM_PATH, '/usr/bin/chromium']) {
    if (path && existsSync(path)) return { executablePath: path, env: {} };
  }
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(PACKAGE)) return unpack();
  return null;
}

/** Null where this machine has no browser that we can start. */
export async function openBrowser(): Promise<Browser | null> {
  const found = await find();
  if (!found) return null;
  return chromium.launch({
    executablePath: found.executablePath,
    // the package's own arguments hang; these suffice, as root too
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    env: { ...(process.env as Record<string, string>), ...found.env },
  });
}
