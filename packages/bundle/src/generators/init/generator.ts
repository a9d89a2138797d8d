import { initGenerator } from '@ingot/workspace/generators';

/** Registers the plugins. A bundle names images of the workspace, which image.yaml describes. */
export default initGenerator('@ingot/bundle', ['@ingot/oci/plugin', '@ingot/bundle/plugin']);
