import { initGenerator } from '@ingot/workspace';

/** Registers the plugins. A Solution is made of images. */
export default initGenerator('@ingot/solution', ['@ingot/oci/plugin', '@ingot/solution/plugin']);
