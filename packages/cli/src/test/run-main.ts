import { main } from '../main.ts';

/** Runs the program in `cwd` and answers with what it wrote. */
export async function runMain(
  cwd: string,
  ...args: string[]
): Promise<{ exit: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  const exit = await main(args, { stdout: output('stdout'), stderr: output('stderr'), cwd: () => cwd });
  return { exit, ...written };
}
