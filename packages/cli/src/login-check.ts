import { CliError } from './error.ts';
import { withRegistries } from './with-registries.ts';
import type { Access } from './access.ts';
import type { Surroundings } from './with-registries.ts';

/**
 * Asks the registry with these credentials. Throws CliError INGOT_LOGIN_REFUSED where it does not take them, and what
 * keeps it from being asked. A registry that wants no login of anybody says nothing about them.
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
      // It is asked as `docker login` does, and no repository looked for: of one that nobody has, many registries tell
      // everybody the same.
      await (await repository({ registry, repository: 'none' }, access)).checkLogin();
    });
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    // Some token services answer a wrong password with 403 (ghcr.io, GitLab).
    if (code !== 'INGOT_REGISTRY_LOGIN' && code !== 'INGOT_REGISTRY_DENIED') throw error;
    throw new CliError(
      'INGOT_LOGIN_REFUSED',
      `${registry} does not accept this login of ${given.username}`,
      'Nothing was stored. Many registries want an access token in place of the password.',
    );
  }
}
