import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { oneArgument, refuseMore } from '../arguments.ts';
import { accessOptions } from '../access.ts';
import { jsonOption } from '../answer.ts';
import { UsageError } from '../error.ts';
import { listIso } from '../list/iso.ts';
import { listLayout } from '../list/layout.ts';
import { listStore } from '../list/store.ts';
import { listTags } from '../list/tags.ts';
import { isRegistryArgument, meantReference, repositoryArgument } from '../registry-argument.ts';
import { storeOption, storePathOption } from '../store/store-path.ts';
import type { Verb } from '../verb.ts';

export const list: Verb = {
  name: 'list',
  synopsis: '<x.iso | docker://repository | oci:folder | --store-path folder> [--json]',
  summary:
    'Lists the images and files of a Solution, the tags of a repository, the images of an OCI layout or a store.',
  options: { json: jsonOption, 'store-path': storePathOption, ...accessOptions },
  examples: [
    'ingot list hello-solution-0.1.0.iso',
    "ingot list hello-solution-0.1.0.iso --json | jq '.images[].name'",
    'ingot list docker://registry.example/team/tool',
    'ingot list oci:dist/image',
    'ingot list --store-path ./onmetal',
  ],

  async run(args, terminal) {
    const store = storeOption(args.values, terminal);
    if (store !== undefined) {
      refuseMore(this, args.positionals);
      await listStore(store, args.values, terminal);
      return 0;
    }
    const text = oneArgument(this, args, 'an ISO, a repository or a layout');
    if (isRegistryArgument(text)) await listTags(repositoryArgument(this, text), args.values, terminal);
    else if (text.startsWith('oci:')) await listLayout(text, args.values, terminal);
    else {
      checkIso(text, resolve(terminal.cwd(), text));
      await listIso(text, args.values, terminal);
    }
    return 0;
  },
};

/** Who names something else than an ISO hears what there is, and not that a file is missing. */
function checkIso(text: string, path: string): void {
  if (/\.iso$/i.test(text) || existsSync(path)) return;
  const forms = 'Name an ISO, docker://HOST/NAME for its tags, or oci:FOLDER for the images of a layout.';
  const meant = /^(oci-archive|docker-archive|docker-daemon|dir|project):/.test(text)
    ? undefined
    : meantReference(text);
  throw new UsageError(
    `${JSON.stringify(text)} is nothing that can be listed, and no file`,
    meant === undefined ? forms : `${meant}\n${forms}`,
  );
}
