import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

// The arrows between folders, and the words that the pure part must not say. An arrow that is not listed is forbidden.
const ROOT = resolve(import.meta.dirname, '../..');

const MAY_IMPORT: Record<string, string[]> = {
  'functions/api': [],
  'functions/client': ['functions/api'],
  'functions/core': ['functions/api'],
  'functions/ports': ['functions/api'],
  'functions/store': ['functions/api', 'functions/ports'],
  'functions/server': ['functions/api', 'functions/core', 'functions/ports', 'functions/store'],
  'functions/controllers': ['functions/api', 'functions/core', 'functions/ports', 'functions/store'],
  'functions/adapters': ['functions/api', 'functions/ports'],
  'functions/dashboard': ['functions/api', 'functions/client'],
  'functions/lambda': ['functions'],
  'functions/local': ['functions', 'node-agent'],
  'node-agent': ['functions/api', 'functions/client', 'functions/core'],
  cli: ['functions/api', 'functions/client'],
  infra: [],
  test: ['functions', 'node-agent', 'cli', 'infra'],
};
// The doors from the command line to what runs on this machine: the commands about it, and nothing else.
const EXCEPTIONS: { file: RegExp; to: string[] }[] = [{ file: /^cli\/commands\/local\//, to: ['functions/local', 'node-agent'] }];

// Names that the template, the functions and `zeroplane deploy` share.
const SHARED_DATA = ['functions/lambda/names', 'functions/lambda/shares'];

const PURE = ['functions/api', 'functions/core', 'functions/ports', 'functions/store', 'functions/server', 'functions/controllers', 'node-agent/sync', 'node-agent/probes', 'node-agent/back-off'];
const BANNED_IMPORTS = /^(node:|@aws-sdk\/|dockerode|lmdb)/;
const BANNED_WORDS = /\b(process\.|Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|setImmediate|crypto\.|console\.)/;

const TOP = ['functions', 'node-agent', 'cli', 'infra', 'test'];
const files = TOP.filter((folder) => existsSync(join(ROOT, folder)) || isTracked(folder)).flatMap((folder) => sources(join(ROOT, folder)));

test('imports follow the arrows of the map', () => {
  const forbidden = files.flatMap((file) => {
    const from = folderOf(relative(ROOT, file));
    return importsOf(file).flatMap((specifier) => {
      const target = targetOf(file, specifier);
      if (target === undefined) return [];
      const to = folderOf(target);
      if (to === from || MAY_IMPORT[from]?.some((allowed) => to === allowed || to.startsWith(`${allowed}/`))) return adapterArrow(file, target);
      if (['infra', 'cli'].includes(from) && SHARED_DATA.includes(target)) return [];
      const arrow = `${relative(ROOT, file)} -> ${to}`;
      const excepted = EXCEPTIONS.some((e) => e.file.test(relative(ROOT, file)) && e.to.includes(to));
      return excepted ? [] : [`${arrow} (${specifier})`];
    });
  });
  expect(forbidden).toEqual([]);
});

test('the emulated account knows nothing but the template: no file of it reaches into functions/', () => {
  const seen = new Set<string>();
  const reach = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const specifier of importsOf(file)) {
      const next = resolveFile(file, specifier);
      if (next !== undefined) reach(next);
    }
  };
  reach(join(ROOT, 'test/aws/emulate.ts'));
  expect(seen.size).toBeGreaterThan(15);
  expect([...seen].map((file) => relative(ROOT, file)).filter((file) => !file.startsWith('test/'))).toEqual([]);
});

test('the data that the template shares with the functions is data', () => {
  expect(SHARED_DATA.flatMap((file) => importsOf(join(ROOT, `${file}.ts`)))).toEqual([]);
});

test('there is no import circle', () => {
  const graph = new Map(files.map((file) => [file, importsOf(file).flatMap((s) => resolveFile(file, s) ?? [])]));
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].map((f) => relative(ROOT, f)).join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test('the pure part takes time, chance, environment and I/O through ports only', () => {
  const found = files
    .filter((file) => PURE.some((folder) => relative(ROOT, file).startsWith(folder)))
    .flatMap((file) => {
      const words = code(file).flatMap((line, i) => (BANNED_WORDS.test(line) ? [`${relative(ROOT, file)}:${i + 1} ${line.trim()}`] : []));
      const imports = importsOf(file).filter((s) => BANNED_IMPORTS.test(s)).map((s) => `${relative(ROOT, file)} imports ${s}`);
      return [...words, ...imports];
    });
  expect(found).toEqual([]);
});

test('only the composition roots read the environment', () => {
  const found = files
    .filter((file) => relative(ROOT, file).startsWith('functions/') && !/^functions\/(lambda|local)\//.test(relative(ROOT, file)))
    .filter((file) => code(file).some((line) => line.includes('process.env')))
    .map((file) => relative(ROOT, file));
  expect(found).toEqual([]);
});

test('no drawers: a file is named for its one concern', () => {
  expect(files.map((f) => relative(ROOT, f)).filter((f) => /(^|\/)(utils?|helpers?|types|common|misc)(\/|\.ts$)/.test(f))).toEqual([]);
});

test('the map in README names every folder', () => {
  const below = readdirSync(join(ROOT, 'functions'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const there = [...TOP.filter((folder) => existsSync(join(ROOT, folder))), ...below.map(({ name }) => `functions/${name}`)];
  const named = foldersOfMap(readFileSync(join(ROOT, 'README.md'), 'utf8'));
  expect(there.filter((folder) => !named.includes(folder))).toEqual([]);
});

function isTracked(folder: string): boolean {
  return execFileSync('git', ['ls-files', '--', folder], { cwd: ROOT, encoding: 'utf8' }) !== '';
}

// The code block whose lines begin with `functions/` or `cli/`, or below `functions/` with `  api/`.
function foldersOfMap(readme: string): string[] {
  const map = readme.split(/^```.*\n/m).find((block) => block.startsWith('functions/')) ?? '';
  const below = map.split(/^(?! )/m).find((part) => part.startsWith('functions/')) ?? '';
  const names = (text: string, line: RegExp): string[] => [...text.matchAll(line)].map(([, name]) => name ?? '');
  return [...names(map, /^([\w-]+)\//gm), ...names(below, /^ {2}([\w-]+)\//gm).map((name) => `functions/${name}`)];
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'cdk.out' ? [] : sources(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

// 'functions/adapters/dynamodb/table.ts' belongs to 'functions/adapters'; 'cli/commands/up.ts' to 'cli'.
function folderOf(path: string): string {
  const [top, second] = path.split('/');
  return top === 'functions' ? `functions/${second ?? ''}` : (top ?? '');
}

function adapterArrow(file: string, target: string): string[] {
  const one = /^functions\/adapters\/([^/]+)/.exec(relative(ROOT, file))?.[1];
  const other = /^functions\/adapters\/([^/]+)/.exec(target)?.[1];
  return one !== undefined && other !== undefined && one !== other ? [`${relative(ROOT, file)} -> another adapter ${other}`] : [];
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map((f) => f.fileName);
}

function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relative(ROOT, join(dirname(file), specifier));
  const alias = /^#([^/]+)\/(.*)$/.exec(specifier);
  if (!alias) return undefined;
  const [, name, rest] = alias;
  return ['node-agent', 'cli', 'infra', 'test'].includes(name ?? '') ? `${name}/${rest}` : `functions/${name}/${rest}`;
}

function resolveFile(file: string, specifier: string): string | undefined {
  const target = targetOf(file, specifier);
  if (target === undefined) return undefined;
  const path = join(ROOT, target.endsWith('.ts') ? target : `${target}.ts`);
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
}

// Lines with comments and the insides of strings blanked out: comments and data are free to name things.
function code(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  const out = [...text];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const blank =
      token === ts.SyntaxKind.SingleLineCommentTrivia || token === ts.SyntaxKind.MultiLineCommentTrivia || token === ts.SyntaxKind.StringLiteral || token === ts.SyntaxKind.NoSubstitutionTemplateLiteral;
    if (blank) for (let i = scanner.getTokenStart(); i < scanner.getTokenEnd(); i++) if (out[i] !== '\n') out[i] = ' ';
  }
  return out.join('').split('\n');
}
