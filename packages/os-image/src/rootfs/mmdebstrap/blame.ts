import { ProjectError, type BuildLog, type Path, type Place } from '@ingot/workspace';
import type { MmdebstrapDescription } from '../../description/description.ts';

/** What of the description a failed build blames. */
interface Blame {
  /** Below `mmdebstrap`. */
  readonly path: Path;
  readonly message: string;
  readonly help?: string;
}

/**
 * The error of a mmdebstrap that failed, at the line of os-image.yaml that apt or mmdebstrap blames: INGOT_ROOTFS_BUILD
 * with the end of what it said, INGOT_DISK_FULL where that was it.
 */
export function buildFailed(
  description: MmdebstrapDescription,
  how: string,
  log: BuildLog,
  place: (path: Path) => Place,
): ProjectError {
  const lines = log.tail(200);
  const said = ['the end of what it said:', ...log.tail().map((line) => `  ${line}`)];
  if (lines.some((line) => /No space left on device|not enough free space|don't have enough free space/i.test(line))) {
    return new ProjectError('INGOT_DISK_FULL', 'no space left for the root file system', {
      place: place(['mmdebstrap']),
      help: ['free some space; TMPDIR names the folder where it is built, beside its tar', ...said].join('\n'),
    });
  }
  const { path, message, help } = blame(description, lines) ?? {
    path: [],
    message: `mmdebstrap ${how}`,
    help: undefined,
  };
  return new ProjectError('INGOT_ROOTFS_BUILD', message, {
    place: place(['mmdebstrap', ...path]),
    help: [...(help === undefined ? [] : [help]), ...said].join('\n'),
  });
}

/** Looks for the first thing that went wrong: what follows comes of it. */
export function blame(description: MmdebstrapDescription, lines: readonly string[]): Blame | undefined {
  for (const line of lines) {
    for (const judge of [ofPackage, ofCredentials, ofSignature, ofSource, ofHook]) {
      const found = judge(line, description);
      if (found !== undefined) return found;
    }
  }
  const { suite, sources } = description;
  const isNamed = sources.length === 0 || sources.some((source) => source.split(/\s+/).some((word) => word === suite));
  return isNamed ? undefined : ofSuite(suite, `none of the sources names ${suite}`);
}

type Judge = (line: string, description: MmdebstrapDescription) => Blame | undefined;

const ofPackage: Judge = (line, { packages, suite }) => {
  const found =
    /Unable to locate package (\S+)/.exec(line) ??
    /Couldn't find any package by (?:glob|regex) '(.+?)'/.exec(line) ??
    /Package '?([^'\s]+)'? has no installation candidate/.exec(line) ??
    /(?:Version|Release) '.+?' for '(.+?)' was not found/.exec(line);
  if (found === null) return undefined;
  const name = found[1]!;
  // How mmdebstrap asks for what is essential in the suite: none is.
  if (name.startsWith('?')) return ofSuite(suite);
  const index = packages.findIndex((each) => nameOf(each) === name || each === name);
  return {
    path: index < 0 ? ['packages'] : ['packages', index],
    message: `the sources of ${suite} have no package ${name}${/^(?:.*)(Version|Release) '/.test(line) ? ' like that' : ''}`,
    help: 'is the component that has it (contrib, non-free-firmware) among the sources?',
  };
};

const ofCredentials: Judge = (line, { credentials, sources }) => {
  const open = /Credentials for (\S+) match, but the protocol is not encrypted/.exec(line)?.[1];
  if (open !== undefined) {
    const found = credentials.findIndex(({ machine }) => machine.split('/')[0] === open);
    return {
      path: found < 0 ? ['credentials'] : ['credentials', found],
      message: `login and password would go to ${open} without encryption`,
      help: `use https, or allow it: { machine: http://${open}, … }`,
    };
  }
  const url = /(https?:\/\/\S+).*\b(401|403) /.exec(line);
  if (url === null) return undefined;
  const host = hostOf(url[1]!);
  const index = credentials.findIndex(
    ({ machine }) => hostOf(machine.includes('//') ? machine : `//${machine}`) === host,
  );
  return {
    path: index >= 0 ? ['credentials', index] : pathOfSource(url[1]!, sources),
    message: `${host} ${url[2] === '401' ? 'wants other credentials' : 'refuses'} (${url[2]})`,
    help: index >= 0 ? 'are login and password right, and do they reach that far?' : 'name them under `credentials`',
  };
};

const ofSignature: Judge = (line, { sources, keyrings }) => {
  if (!/NO_PUBKEY|is not signed|EXPKEYSIG|BADSIG|signatures? (?:were|was|couldn't be|could not be)/i.test(line)) {
    return undefined;
  }
  // The line before or after names the source.
  const url = /https?:\/\/[^\s']+/.exec(line)?.[0];
  if (url === undefined) return undefined;
  return {
    path: keyrings.length > 0 ? ['keyrings'] : pathOfSource(url, sources),
    message: `apt does not trust ${url}`,
    help: 'name the keyring that its keys are in under `keyrings`',
  };
};

const ofSource: Judge = (line, { suite, sources }) => {
  const release = /The repository '(\S+) (\S+) Release' does(?: not|n't) have a Release file/.exec(line);
  const index = /(https?:\/\/\S+?)\/dists\/(\S+?)\/(?:\S+\/)?\S+ +404 /.exec(line);
  const [, archive, name] = release ?? index ?? [];
  if (archive !== undefined) {
    const found = sources.findIndex(
      (source) => source.includes(archive.replace(/\/$/, '')) && source.split(/\s+/).includes(name!),
    );
    if (found < 0) return ofSuite(suite, `${archive} has no ${name}`);
    return { path: ['sources', found], message: `${archive} has no release ${name}, or none with these components` };
  }
  const failed =
    /(?:Failed to fetch|^Err:\d+) (https?:\/\/\S+)/.exec(line) ??
    /(?:Could not (?:resolve|connect to)|Unable to connect to) '?((?:[\w.-]+)(?::\d+)?)/.exec(line);
  // What went wrong is said in the lines after.
  if (failed === null || line.startsWith('Err:')) return undefined;
  const url = failed[1]!.includes('//') ? failed[1]! : `//${failed[1]}`;
  return { path: pathOfSource(url, sources), message: `apt cannot fetch from ${hostOf(url)}` };
};

const ofHook: Judge = (line, { hooks }) => {
  for (const [name, commands] of Object.entries(hooks)) {
    const index = commands.findIndex(
      (command) => /failed|error/i.test(line) && line.includes(command.trim().split('\n')[0]!),
    );
    if (index >= 0)
      return { path: ['hooks', name, index], message: `${/^e/.test(name) ? 'an' : 'a'} ${name} hook failed` };
  }
  return undefined;
};

function ofSuite(suite: string, why = `the sources have no ${suite}`): Blame {
  return {
    path: ['suite'],
    message: `unknown suite: ${why}`,
    help: 'is the name right, and does the archive still have it?',
  };
}

function pathOfSource(url: string, sources: readonly string[]): Path {
  const index = sources.findIndex((source) => source.includes(`//${hostOf(url)}`));
  return index < 0 ? ['sources'] : ['sources', index];
}

function hostOf(url: string): string {
  return /\/\/(?:[^/@]*@)?([^/\s]+)/.exec(url)?.[1] ?? url;
}

/** The name of a package that is asked for as `name`, `name=version`, `name/suite`, `name:arch`, `name-`, `name+`. */
export function nameOf(asked: string): string {
  return asked.replace(/[=/:].*$/, '').replace(/[-+]$/, (sign) => (/\+\+$/.test(asked) ? sign : ''));
}
