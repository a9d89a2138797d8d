import { initGenerator } from '@ingot/workspace/generators';

/** Registers the plugins. A Solution is made of images. */
export default initGenerator('@ingot/solution', ['@ingot/oci/plugin', '@ingot/solution/plugin']);
