/**
 * What packages and hooks see: nothing of this process' own environment but the way to the network.
 * @param time seconds since 1970
 * @param tree where trees are built
 */
export function environment(time: number, tree: string): NodeJS.ProcessEnv {
  const { PATH = '', HOME, http_proxy, https_proxy, no_proxy, HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = process.env;
  const given = { HOME, http_proxy, https_proxy, no_proxy, HTTP_PROXY, HTTPS_PROXY, NO_PROXY };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    PATH: `${PATH}:/usr/sbin:/sbin`,
    LC_ALL: 'C.UTF-8',
    TMPDIR: tree,
    SOURCE_DATE_EPOCH: String(time),
  };
}
