import { accessSync } from 'node:fs';
import { execa } from 'execa';
import { missingModules, pythonModules, type PythonModule } from '../python.ts';
import { debianFiles, debianPackages, missingFiles, referee, type Referee, type RefereeFile } from '../referee.ts';
import type { Step } from './step.ts';

/** The referee programs that are not on this machine. */
export function missingReferees(): Referee[] {
  return (Object.keys(debianPackages) as Referee[]).filter((program) => {
    try {
      referee(program);
      return false;
    } catch {
      return true;
    }
  });
}

type Tool = Referee | RefereeFile | PythonModule;

/** The Debian packages of these programs, files and Python modules, each once, sorted. */
export function packagesOf(tools: readonly Tool[]): string[] {
  const packages = { ...debianPackages, ...debianFiles, ...pythonModules };
  return [...new Set(tools.map((tool) => packages[tool]))].sort();
}

async function missingTools(): Promise<Tool[]> {
  return [...missingReferees(), ...missingFiles(), ...(await missingModules())];
}

/** Installs the referees that are missing, on Debian as root; elsewhere fails with their names. */
export const refereeTools: Step = {
  name: 'referee tools',
  async run(env) {
    const missing = await missingTools();
    if (missing.length === 0) return { passed: 1, failed: 0, report: '' };
    const packages = packagesOf(missing);
    if (!canInstall()) {
      const report =
        `missing: ${missing.join(', ')}\n` +
        `help: install these Debian packages (or what brings these programs on your system): ${packages.join(' ')}`;
      return { passed: 0, failed: 1, report };
    }
    await install(packages, env);
    const still = await missingTools();
    if (still.length === 0) return { passed: 1, failed: 0, report: '' };
    return { passed: 0, failed: 1, report: `still missing after the installation: ${still.join(', ')}` };
  },
};

function canInstall(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    accessSync('/etc/debian_version');
    accessSync('/usr/bin/apt-get');
    return true;
  } catch {
    return false;
  }
}

async function install(packages: string[], env: NodeJS.ProcessEnv): Promise<void> {
  // apt's sandbox user cannot enter the run's own temporary folder, so apt keeps the system's.
  const apt = {
    env: { ...env, DEBIAN_FRONTEND: 'noninteractive', TMPDIR: '/tmp' },
    extendEnv: false,
    all: true,
  } as const;
  await execa('apt-get', ['update', '-qq'], apt);
  await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], apt);
}
