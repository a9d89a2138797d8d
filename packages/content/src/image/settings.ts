import { checkSettings } from './check-settings.ts';
import type { ImageConfig } from '../manifest.ts';
import type { ImageSettings } from './image-settings.ts';

/** `config` in OCI image-spec config.md; Docker images have some members more. */
export type Execution = NonNullable<ImageConfig['config']>;

/**
 * What is kept of the base's settings with these over them, as a Dockerfile would have it: env and labels by name,
 * ports and volumes added, and an entrypoint that forgets the base's cmd. Throws ContentError INGOT_IMAGE_CONFIG.
 */
export function mergeSettings(kept: Execution, settings: ImageSettings): Execution {
  checkSettings(settings);
  const { entrypoint, cmd, env, user, workdir, labels, ports, volumes, stopSignal } = settings;
  const merged = {
    ...kept,
    User: user ?? kept.User,
    WorkingDir: workdir ?? kept.WorkingDir,
    StopSignal: stopSignal ?? kept.StopSignal,
    Entrypoint: entrypoint ?? kept.Entrypoint,
    Cmd: cmd ?? (entrypoint === undefined ? kept.Cmd : undefined),
    Env: mergeEnv(kept.Env ?? [], env ?? {}),
    Labels: { ...kept.Labels, ...labels },
    ExposedPorts: { ...kept.ExposedPorts, ...set((ports ?? []).map(port)) },
    Volumes: { ...kept.Volumes, ...set(volumes ?? []) },
  };
  return withoutEmpty(merged);
}

/** A name that is there already keeps its place; new ones follow in the order given. */
function mergeEnv(base: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const byName = new Map(base.map((line) => [line.split('=', 1)[0] ?? '', line]));
  for (const [name, value] of Object.entries(env)) byName.set(name, `${name}=${value}`);
  return [...byName.values()];
}

function set(names: readonly string[]): Record<string, Record<string, never>> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function port(given: number | string): string {
  const text = String(given);
  return text.includes('/') ? text : `${text}/tcp`;
}

function withoutEmpty(config: Readonly<Record<string, unknown>>): Execution {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
