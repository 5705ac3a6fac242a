// Holds the documents to the code: every relative link leads somewhere, every `npm run x` exists, every room of the
// code stands in the README's map, and no document speaks of a place on somebody's machine.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './build.ts';

const scripts = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts as Record<
  string,
  string
>;
const files = globSync(['*.md', 'docs/**/*.md', 'libs/*/README.md', 'apps/*/README.md'], {
  cwd: ROOT,
}).sort();
const problems: string[] = [];

for (const file of files) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
    if (!existsSync(join(ROOT, dirname(file), target!)))
      problems.push(`${file}: link to ${target} leads nowhere`);
  }
  for (const [, name] of text.matchAll(/npm run ([a-z][a-z:-]*)/g)) {
    if (!scripts[name!]) problems.push(`${file}: npm run ${name} is not a script of package.json`);
  }
  for (const [place] of text.matchAll(/(?<![\w.])\/(?:home|root|work|Users)\/[\w./-]+/g)) {
    problems.push(`${file}: ${place} is a place on one machine`);
  }
}

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
for (const floor of ['apps', 'libs']) {
  for (const room of readdirSync(join(ROOT, floor))) {
    if (!readme.includes(`${floor}/${room}`) && !readme.includes(`\`${room}\``)) {
      problems.push(`README.md: the map of rooms lacks ${floor}/${room}`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${files.length} documents agree with the code`);
