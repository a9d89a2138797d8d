import { parse } from 'yaml';
import { OperatorError } from '../error.ts';

const apiVersion = 'solutions.metalk8s.scality.com/v1alpha1';
const kind = 'OperatorConfig';

export interface Repository {
  /** `registry/path`: what stands before an image's name. */
  readonly endpoint: string;
  /** `name:tag`. */
  readonly images: readonly string[];
}

/** Where the images of each version of the Solution are: https://github.com/scality/metalk8s, go/solution-operator-lib. */
export interface OperatorConfig {
  readonly repositories: ReadonlyMap<string, readonly Repository[]>;
}

/**
 * Reads MetalK8s' OperatorConfig by the rules of its own library (pkg/config/config.go): unknown keys are refused as well.
 * Throws GREETING_CONFIG.
 */
export function parseOperatorConfig(text: string, path: string): OperatorConfig {
  const wrong = (message: string): never => {
    throw new OperatorError('GREETING_CONFIG', message, {
      path,
      help: 'MetalK8s writes this file: see its Solution operator guidelines',
    });
  };
  const file = mapOf(parsed(text, wrong), '', ['apiVersion', 'kind', 'repositories'], wrong);
  constant(file, 'apiVersion', apiVersion, wrong);
  constant(file, 'kind', kind, wrong);
  const versions = Object.entries(mapOf(file['repositories'] ?? {}, 'repositories', undefined, wrong));
  if (versions.length === 0) wrong('missing required field: repositories');
  return {
    repositories: new Map(
      versions.map(([version, list]) => {
        if (version === '') wrong('invalid value for repositories: empty version number');
        const repositories = listOf(list, `repositories[${version}]`, wrong);
        if (repositories.length === 0) wrong(`invalid value for repositories[${version}]: cannot be empty`);
        return [
          version,
          repositories.map((each, index) => repository(each, `repositories[${version}].${index}`, wrong)),
        ];
      }),
    ),
  };
}

type Wrong = (message: string) => never;

function parsed(text: string, wrong: Wrong): unknown {
  try {
    // No scalar becomes a number: versions and tags such as 1.0 are text.
    return parse(text, { schema: 'failsafe' });
  } catch (error) {
    return wrong((error as Error).message);
  }
}

function repository(value: unknown, place: string, wrong: Wrong): Repository {
  const map = mapOf(value, place, ['endpoint', 'images'], wrong);
  const endpoint = textOf(map['endpoint'] ?? '', `${place}.endpoint`, wrong);
  if (endpoint === '') wrong(`invalid value for ${place}: missing required field: endpoint`);
  const images = listOf(map['images'] ?? '', `${place}.images`, wrong).map((image, index) => {
    const text = textOf(image, `${place}.images.${index}`, wrong);
    return text === '' ? wrong(`invalid value for ${place}: invalid value for images.${index}: cannot be empty`) : text;
  });
  return { endpoint, images };
}

function constant(map: Readonly<Record<string, unknown>>, field: string, expected: string, wrong: Wrong): void {
  const value = textOf(map[field] ?? '', field, wrong);
  if (value === '') wrong(`missing required field: ${field}`);
  if (value !== expected) wrong(`invalid value for ${field}: got \`${value}\`, expected \`${expected}\``);
}

function mapOf(value: unknown, place: string, keys: readonly string[] | undefined, wrong: Wrong) {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(`${place || 'the file'} is no map`);
  const unknown = Object.keys(value).find((key) => keys !== undefined && !keys.includes(key));
  if (unknown !== undefined) wrong(`unknown field: ${place === '' ? '' : `${place}.`}${unknown}`);
  return value as Readonly<Record<string, unknown>>;
}

/** A list; nothing is an empty one. */
function listOf(value: unknown, place: string, wrong: Wrong): readonly unknown[] {
  if (value === '') return [];
  return Array.isArray(value) ? (value as unknown[]) : wrong(`${place} is no list`);
}

function textOf(value: unknown, place: string, wrong: Wrong): string {
  return typeof value === 'string' ? value : wrong(`${place} is no text`);
}
