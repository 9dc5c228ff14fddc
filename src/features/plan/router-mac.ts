/** The Ethernet address of every gateway and of every router inside of VXLAN, the same everywhere: a pod may move. */
export const routerMac = '00:00:5e:00:01:00';
