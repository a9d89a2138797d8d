import { join } from 'node:path';
import { afterEach } from 'vitest';
import { LayoutStore, refName } from '@ingot/content';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { runMainWith } from './run-main.ts';
import { sampleIndex } from './sample-image.ts';
import type { OciRegistryOptions } from '../../../../tools/registry/oci-registry.ts';
import type { Run, RunOptions } from './run-main.ts';

/**
 * A folder for each test, and the program run in it: nothing of this machine's own settings counts. `at` names a file
 * in the folder.
 */
export function registryTest() {
  const at = testFolder();
  const started: OciRegistry[] = [];
  afterEach(async () => {
    for (const registry of started.splice(0)) await registry[Symbol.asyncDispose]();
  });
  const env = () => ({ PATH: process.env['PATH'], HOME: at('home'), INGOT_STORE: at('store') });
  /** A registry in this process, until the test is over. */
  const startRegistry = async (options: OciRegistryOptions = {}): Promise<OciRegistry> => {
    const registry = await OciRegistry.start(options);
    started.push(registry);
    return registry;
  };
  const runWith = (options: Partial<RunOptions>, ...args: string[]): Promise<Run> =>
    runMainWith({ cwd: at(), ...options, env: { ...env(), ...options.env } }, ...args);
  /** Throws what the program said where it fails. */
  const succeed = async (...args: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await runWith({}, ...args);
    if (exit !== 0) throw new Error(`ingot ${args.join(' ')} exits with ${exit}: ${stderr}`);
    return stdout;
  };
  /** An index of linux/amd64 and linux/arm64 as `oci:image:1.0`. */
  const makeImage = async (name = 'image') => {
    const layout = new LayoutStore(join(at(), name));
    const made = await sampleIndex(layout);
    await layout.setRoots([{ ...made, annotations: { [refName]: '1.0' } }]);
    return made;
  };
  return { at, env, startRegistry, run: (...args: string[]) => runWith({}, ...args), runWith, succeed, makeImage };
}
