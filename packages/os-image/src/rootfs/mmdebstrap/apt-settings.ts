import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ProjectError, runProgram } from '@ingot/workspace';
import type { MmdebstrapDescription, SecretReference } from '../../description/description.ts';

/** What apt is told for the time of a build, beside its sources: none of it is for the image. */
export interface AptSettings {
  /** Lines of apt.conf(5); how this machine reaches its sources. */
  readonly configuration: string;
  /** Lines of apt_auth.conf(5); undefined: no credentials. */
  readonly authentication: string | undefined;
  /** What must show nowhere. */
  readonly secrets: readonly string[];
}

/** How a machine reaches archives, by its administrator: no other settings of the host get into a build. */
const ofTheHost =
  /^Acquire::(https?|ftp)::.*(Proxy|CaInfo|CaPath|Verify|SslCert|SslKey)|^Acquire::(Check-Valid-Until|Check-Date|Retries|Proxy)/i;

/** Shorter ones would blot out half of the log. */
const SHORTEST = 4;

/**
 * Collects the settings; credentials are read from where the description says they are. Throws ProjectError
 * INGOT_ROOTFS_CREDENTIALS, at their place.
 */
export async function aptSettings(
  description: MmdebstrapDescription,
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<AptSettings> {
  const dumped = (await runProgram('apt-config', ['dump', '--format', '%F "%v";%n']))?.lines ?? [];
  const lines = dumped.filter((line) => ofTheHost.test(line) && !line.endsWith(' "";'));
  const secrets = [...lines, ...proxies(environment)].flatMap(passwordsIn);
  const entries: string[] = [];
  for (const each of description.credentials) {
    const wrong = (what: string, help: string) =>
      new ProjectError('INGOT_ROOTFS_CREDENTIALS', `credentials for ${each.machine}: ${what}`, {
        place: each.place,
        help,
      });
    const login = await secretOf(each.login, folder, environment, wrong);
    const password = await secretOf(each.password, folder, environment, wrong);
    entries.push(`machine ${each.machine} login ${login} password ${password}`);
    secrets.push(password);
  }
  return {
    configuration: lines.map((line) => `${line}\n`).join(''),
    authentication: entries.length === 0 ? undefined : `${entries.join('\n')}\n`,
    secrets: [...new Set(secrets)].filter((secret) => secret.length >= SHORTEST),
  };
}

type Wrong = (what: string, help: string) => ProjectError;

async function secretOf(
  reference: SecretReference,
  folder: string,
  environment: NodeJS.ProcessEnv,
  wrong: Wrong,
): Promise<string> {
  const value = await valueOf(reference, folder, environment, wrong);
  // apt_auth.conf(5) separates by blanks, and has no quotes.
  if (value !== '' && !/\s/.test(value)) return value;
  throw wrong('a login or password is empty or has a blank in it', 'apt takes neither');
}

async function valueOf(
  reference: SecretReference,
  folder: string,
  environment: NodeJS.ProcessEnv,
  wrong: Wrong,
): Promise<string> {
  if ('env' in reference) {
    const value = environment[reference.env];
    if (value !== undefined) return value;
    throw wrong(`the environment variable ${reference.env} is not set`, `set ${reference.env}, for this run alone`);
  }
  const path = resolve(folder, reference.file.replace(/^~(?=\/)/, homedir()));
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw wrong((cause as Error).message, 'write the file, or name another one');
  }
}

/** The environment that leads through a proxy, which apt honours by itself. */
export function proxies(environment: NodeJS.ProcessEnv): string[] {
  return ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].flatMap((name) => environment[name] ?? []);
}

function passwordsIn(text: string): string[] {
  const found = /\/\/[^/\s"@:]*:([^/\s"@]+)@/.exec(text)?.[1];
  return found === undefined ? [] : [found];
}
