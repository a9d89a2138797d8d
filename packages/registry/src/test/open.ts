import { afterEach } from 'vitest';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { openRegistries } from '../session.ts';
import type { OciRegistryOptions } from '../../../../tools/registry/oci-registry.ts';
import type { RegistriesOptions } from '../options.ts';
import type { Registries } from '../session.ts';

export interface TestRegistries extends Registries {
  /** How long it would have waited before each new attempt, in milliseconds. */
  readonly waits: readonly number[];
  readonly warnings: readonly string[];
}

/**
 * Opens registries for a test, closed after it: nothing of this machine's own settings counts, and nobody waits.
 * `at` names a file in the test's folder.
 */
export function testRegistries() {
  const at = testFolder();
  const opened: Registries[] = [];
  const started: OciRegistry[] = [];
  afterEach(async () => {
    for (const registries of opened.splice(0)) await registries.close();
    for (const registry of started.splice(0)) await registry[Symbol.asyncDispose]();
  });
  /** A registry in this process, until the test is over. */
  const startRegistry = async (options: OciRegistryOptions = {}): Promise<OciRegistry> => {
    const registry = await OciRegistry.start(options);
    started.push(registry);
    return registry;
  };
  const open = (options: RegistriesOptions = {}): TestRegistries => {
    const waits: number[] = [];
    const warnings: string[] = [];
    const { env, ...others } = options;
    const registries = openRegistries({
      env: { HOME: at('home'), INGOT_STORE: at('store'), ...env },
      sentFolder: at('sent'),
      onWarning: (text) => warnings.push(text),
      wait: async (milliseconds) => void waits.push(milliseconds),
      ...others,
    });
    opened.push(registries);
    return {
      repository: (reference) => registries.repository(reference),
      close: () => registries.close(),
      waits,
      warnings,
    };
  };
  return { at, open, startRegistry };
}
