import type { PushedKind } from './push-project.ts';

/** What image.yaml and artifact.yaml describe. */
export const imageOrArtifact: PushedKind = {
  file: 'image.yaml',
  async read(path, defaults) {
    const { readPushFile } = await import('./description.ts');
    return readPushFile(path, defaults);
  },
  async open(description, context) {
    const { openPushable } = await import('./pushable.ts');
    return openPushable(description, context);
  },
};
