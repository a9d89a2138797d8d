import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { SecretDescription } from './description.ts';

/** A secret as an engine is told of it: where it is, never what it is. */
export interface SecretReference {
  readonly id: string;
  readonly from: { readonly env: string } | { readonly path: string };
}

export interface OpenSecrets {
  readonly references: readonly SecretReference[];
  /** What must not show in a log. */
  readonly values: readonly string[];
}

/** Shorter ones would blot out half of the log. */
const SHORTEST = 4;

/**
 * Finds the secrets, so that one that is missing is an error before anything is built.
 * @param project the project's folder
 * @param letIn whether a path relative to the context gets into it
 * Throws ProjectError INGOT_DOCKERFILE_SECRET, also for a file that the Dockerfile could copy into the image.
 */
export async function openSecrets(
  secrets: readonly SecretDescription[],
  project: string,
  context: string,
  letIn: (path: string) => boolean,
): Promise<OpenSecrets> {
  const references: SecretReference[] = [];
  const values = await secretValues(secrets, project);
  for (const secret of secrets) {
    if ('env' in secret.from) {
      references.push({ id: secret.id, from: { env: secret.from.env } });
      continue;
    }
    const path = pathOf(secret.from.file, project);
    const within = relative(context, path);
    if (!within.startsWith('..') && letIn(within)) {
      const message = `the file ${secret.from.file} is in the build's context: COPY could put it into the image`;
      throw wrong(secret, message, `add it to .dockerignore, or keep it outside of ${join(context)}`);
    }
    references.push({ id: secret.id, from: { path } });
  }
  const lines = values.flatMap((value) => [value, ...value.split(/\r?\n/)]).map((line) => line.trim());
  return { references, values: [...new Set(lines)].filter((line) => line.length >= SHORTEST) };
}

/** What the secrets are, in their order. Throws ProjectError INGOT_DOCKERFILE_SECRET for one that is missing. */
export async function secretValues(secrets: readonly SecretDescription[], project: string): Promise<string[]> {
  const values: string[] = [];
  for (const secret of secrets) {
    const { from } = secret;
    values.push(
      'env' in from ? valueOfVariable(secret, from.env) : await valueOfFile(secret, pathOf(from.file, project)),
    );
  }
  return values;
}

function pathOf(file: string, project: string): string {
  return resolve(project, file.replace(/^~(?=\/)/, homedir()));
}

function valueOfVariable(secret: SecretDescription, name: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw wrong(secret, `the environment variable ${name} is not set`, `set ${name}, for this run alone`);
}

async function valueOfFile(secret: SecretDescription, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw wrong(secret, (cause as Error).message, 'write the file, or name another one', cause);
  }
}

function wrong(secret: SecretDescription, what: string, help: string, cause?: unknown): ProjectError {
  const facts = { place: secret.place, help, ...(cause === undefined ? {} : { cause }) };
  return new ProjectError('INGOT_DOCKERFILE_SECRET', `secret "${secret.id}": ${what}`, facts);
}
