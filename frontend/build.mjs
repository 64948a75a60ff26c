// Builds scripts and styles into the folder named on the command line, each also compressed.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync, constants } from 'node:zlib';

const out = process.argv[2];
if (!out) {
  console.error('usage: node frontend/build.mjs FOLDER');
  process.exit(2);
}
mkdirSync(out, { recursive: true });
await build({
  entryPoints: { app: 'frontend/src/app.js', charts: 'frontend/src/charts.js', theme: 'frontend/src/theme.js' },
  outdir: out, bundle: true, minify: true, format: 'iife', target: ['es2020'], logLevel: 'warning', legalComments: 'none',
});
const tailwind = spawnSync(
  process.execPath,
  ['node_modules/@tailwindcss/cli/dist/index.mjs', '-i', 'frontend/src/app.css', '-o', `${out}/app.css`, '--minify'],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
if (tailwind.status !== 0) process.exit(tailwind.status ?? 1);
for (const name of readdirSync(out).filter((n) => /\.(js|css)$/.test(n))) {
  const content = readFileSync(`${out}/${name}`);
  writeFileSync(`${out}/${name}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${out}/${name}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}
