/** The Ethernet address of every gateway, the same on all nodes: a pod may move. */
export const routerMac = '00:00:5e:00:01:00';
