import { CliError } from './error.ts';
import { withRegistries } from './with-registries.ts';
import type { Access } from './access.ts';
import type { Surroundings } from './with-registries.ts';

/** Nobody has it: what counts is whether the registry minds who asks for it. */
const probe = 'ingot-login-check';

/**
 * Asks the registry with these credentials. Throws CliError INGOT_LOGIN_REFUSED where it does not take them, and what
 * keeps it from being asked. A registry that lets everybody read says nothing about them.
 */
export async function checkLogin(
  registry: string,
  given: { readonly username: string; readonly password: string },
  access: Access,
  { stderr, env }: Surroundings,
): Promise<void> {
  const withLogin = {
    ...env,
    INGOT_REGISTRY: registry,
    INGOT_REGISTRY_USERNAME: given.username,
    INGOT_REGISTRY_PASSWORD: given.password,
  };
  try {
    await withRegistries({ stderr, env: withLogin }, async ({ repository }) => {
      await (await repository({ registry, repository: probe, tag: 'latest' }, access)).resolve();
    });
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    // It knows us well enough to say that there is nothing, or nothing for us.
    if (code === 'INGOT_REGISTRY_MISSING' || code === 'INGOT_REGISTRY_DENIED') return;
    if (code !== 'INGOT_REGISTRY_LOGIN') throw error;
    throw new CliError(
      'INGOT_LOGIN_REFUSED',
      `${registry} does not accept this login of ${given.username}`,
      'Nothing was stored. Many registries want an access token in place of the password.',
    );
  }
}
