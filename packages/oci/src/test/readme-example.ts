import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The example of the README, with the projects that it takes for granted. */
export async function readmeExample(): Promise<Record<string, string | object>> {
  const readme = await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  const command = 'mkdir -p server/dist && cp server/main.txt server/dist/server';
  const build = {
    executor: 'nx:run-commands',
    cache: true,
    inputs: ['{projectRoot}/main.txt'],
    outputs: ['{projectRoot}/dist/server'],
    options: { command },
  };
  return {
    'hello/image.yaml': /```yaml\n([\s\S]*?)```/.exec(readme)![1]!,
    'hello/www/index.html': 'hello',
    'hello/licenses/a.txt': 'free',
    'server/project.json': { name: 'server', targets: { build } },
    'server/main.txt': 'one',
  };
}
