import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** A small JSON file of what was worked out before, by key. Losing it costs time and nothing else. */
export interface InferenceCache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** Writes what was got or set since the cache was opened; the rest is forgotten. */
  save(): void;
}

/** Opens the cache of a plugin in the workspace's data folder. Never throws: a broken or old file counts as empty. */
export function openCache<Value>(workspaceRoot: string, plugin: string, version: string): InferenceCache<Value> {
  const name = plugin.replaceAll(/[^a-z0-9]+/gi, '-').replace(/^-/, '');
  const file = join(workspaceDataFolder(workspaceRoot), `${name}.inference.json`);
  const known = load<Value>(file, version);
  const used = new Map<string, Value>();
  return {
    get(key) {
      const value = known.get(key);
      if (value !== undefined) used.set(key, value);
      return value;
    },
    set: (key, value) => void used.set(key, value),
    save() {
      const unchanged = used.size === known.size && [...used.keys()].every((key) => known.has(key));
      if (!unchanged) store(file, JSON.stringify({ version, entries: Object.fromEntries(used) }));
    },
  };
}

/** The folder that Nx keeps its own data of a workspace in. */
export function workspaceDataFolder(workspaceRoot: string): string {
  const named = process.env['NX_WORKSPACE_DATA_DIRECTORY'] ?? process.env['NX_PROJECT_GRAPH_CACHE_DIRECTORY'];
  if (named) return isAbsolute(named) ? named : join(workspaceRoot, named);
  return join(workspaceRoot, '.nx', 'workspace-data');
}

function load<Value>(file: string, version: string): Map<string, Value> {
  try {
    const saved = JSON.parse(readFileSync(file, 'utf8')) as { version: string; entries: Record<string, Value> };
    return new Map(saved.version === version ? Object.entries(saved.entries) : []);
  } catch {
    return new Map();
  }
}

function store(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch {
    return; // A read-only workspace works as well, only slower.
  }
}
