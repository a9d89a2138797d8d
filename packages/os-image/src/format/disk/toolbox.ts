import { ProjectError, runProgram } from '@ingot/workspace';
import { requireTools, type Tool } from '../../program/tools.ts';

export interface ToolboxOptions {
  /** Where the programs run: files are named relative to it, so that no name of a folder of the author's is misread. */
  readonly folder: string;
  /** The clock of the programs, in seconds since 1970. */
  readonly time: number;
  readonly signal: AbortSignal;
}

export interface RunOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Says which lines of the output tell of a failure, for programs that exit with 0 all the same. */
  readonly isComplaint?: (line: string) => boolean;
}

/** Runs a program to its end. */
export type Run<T extends Tool = Tool> = (tool: T, args: readonly string[], options?: RunOptions) => Promise<void>;

/** Lines of a program's output that an error repeats. */
const TAIL = 10;

/**
 * The programs that make disks, all looked for now, and run with nothing of the host in their environment: no locale, no
 * time zone, no settings of the user's. The `Run` throws ProjectErrors INGOT_TOOL_FAILED, INGOT_DISK_FULL, and the reason
 * of `signal`. Throws ProjectError INGOT_TOOL_MISSING.
 */
export async function openToolbox<T extends Tool>(tools: readonly T[], options: ToolboxOptions): Promise<Run<T>> {
  const paths = await requireTools(tools);
  const env = environment(options);
  return async (tool, args, { env: more, isComplaint = () => false } = {}) => {
    const complaints: string[] = [];
    const tail: string[] = [];
    const ended = await runProgram(paths[tool], args, {
      cwd: options.folder,
      env: { ...env, ...more },
      signal: options.signal,
      onLine: (line) => {
        if (isComplaint(line) && complaints.length < TAIL) complaints.push(line);
        if (line.trim() !== '' && tail.push(line) > TAIL) tail.shift();
      },
    });
    if (ended?.code === 0 && complaints.length === 0) return;
    throw failed(tool, args, ended?.code, complaints.length > 0 ? complaints : tail);
  };
}

function environment({ folder, time }: ToolboxOptions): NodeJS.ProcessEnv {
  const clock = String(time);
  return {
    PATH: process.env['PATH'] ?? '',
    // mtools and others read settings of the user's there.
    HOME: folder,
    LC_ALL: 'C',
    TZ: 'UTC',
    MTOOLSRC: '/dev/null',
    SOURCE_DATE_EPOCH: clock,
    // e2fsprogs 1.47.0 does not know SOURCE_DATE_EPOCH yet.
    E2FSPROGS_FAKE_TIME: clock,
  };
}

function failed(tool: string, args: readonly string[], code: number | undefined, said: readonly string[]): Error {
  const text = said.join('\n').slice(-2000);
  if (/No space left on device|Disk quota exceeded/.test(text)) {
    return new ProjectError('INGOT_DISK_FULL', `no space left for ${tool}: ${text}`, {
      help: 'Free some space: a disk image needs room for itself, its formats, and the unpacked root file system.',
    });
  }
  const how = code === undefined ? 'was killed' : `ended with ${code}`;
  return new ProjectError('INGOT_TOOL_FAILED', `${tool} ${how}${text === '' ? '' : `: ${text}`}`, {
    help: `the command was: ${[tool, ...args].join(' ')}`,
  });
}
