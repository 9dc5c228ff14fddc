/** Lines of the grammar, in an order in which each finds what it needs; some are wrong on purpose. */
export const lines = `
interface add port p0 devargs net_null0,no-rx=1 rxqs 1 qsize 512 mtu 1500 description first
interface add port p1 devargs net_null1,no-rx=1 down
interface add port p2 devargs net_null2,no-rx=1 mac 02:00:00:00:00:12
interface add port p3 devargs net_null3,no-rx=1
interface set port p1 up promisc on
interface set port p1 name q1
interface set port q1 name p1 mtu 1400
interface set port p1 mtu 100000
interface set port p1 mtu 1500
interface set port nope mtu 1500
interface add vrf red description tenant
interface add vrf red
interface add vrf reserved-and-too-long
interface set vrf red description other
interface add vlan v10 parent p0 vlan_id 10 vrf red
interface add vlan v10 parent p0 vlan_id 11
interface add vlan v11 parent p0 vlan_id 10
interface add vlan v12 parent p0 vlan_id 5000
interface set vlan v10 vlan_id 12 parent p0
interface add bridge br0 ageing_time 60 flood on learn on neigh_suppress off
interface add bridge br1 mac 02:00:00:00:00:77
interface set bridge br0 learn off
interface set port p2 domain br0
interface add vxlan vx0 vni 100 local 172.16.0.1 dst_port 4789
interface add vxlan vx1 vni 100 local 172.16.0.1
address add 172.16.0.1/24 iface p0
interface add vxlan vx0 vni 100 local 172.16.0.1
interface set vxlan vx0 domain br0
interface add ipip t0 local 172.16.0.1 remote 172.16.0.2
interface set ipip t0 remote 172.16.0.3
interface add bond b0 mode active-backup
interface add bond b1 mode lacp balance l3+l4
interface set port p3 domain b0
interface set bond b0 primary p3
interface set bond b0 balance l2
interface
interface show name p0
interface show name nope
interface show type vlan
interface show type nonsense
interface stats
interface rates
address add 172.16.0.1/24 iface p0
address add fd00::1/64 iface p0
address add 172.16.1.1/24 iface p1
address add 172.16.9.1/33 iface p1
address add 10.7.0.1/24 iface v10
address
address show
address show ipv4
address show iface p0
address show ipv4 iface p0
address show iface nope
address del 172.16.7.7/24 iface p0
address flush ipv6 iface p0
address flush iface p3
address flush ipv4 iface nope
affinity cpus
affinity cpus show
affinity cpus set control 0 datapath 1
affinity cpus set datapath 99
affinity qmap
affinity qmap show
affinity qmap set p0 rxq 0 cpu 1
affinity qmap set p0 rxq 9 cpu 1
nexthop add l3 iface p1 id 10 address 172.16.1.2
nexthop add l3 iface p1 id 11 address 172.16.1.3 mac 02:00:00:00:01:03
nexthop add l3 iface p1 id 12 address 172.16.1.9 mac 02:00:00:00:01:04 remote
nexthop add l3 iface p1 id 10 address 172.16.1.2
nexthop add l3 iface nope id 13
nexthop add blackhole id 20
nexthop add reject id 21 vrf red
nexthop add group id 30 member 10 weight 2 member 11
nexthop add group id 31
nexthop add group id 32 member 999
nexthop add srv6 seglist fd00:1::1 fd00:1::2 encap h.encaps.red id 40
nexthop add srv6 seglist fd00:1::1 src fd00::5 vrf red id 41
nexthop add srv6-local behavior end id 50
nexthop add srv6-local behavior end.dt4 table red id 51
nexthop add srv6-local behavior end.dt6 id 52
nexthop add srv6-local behavior end.dt46 table main id 53
nexthop add srv6-local behavior end.t table red id 54
nexthop add srv6-local behavior end flavor psp usd id 55
nexthop add srv6-local behavior end flavor psp,usd id 58
nexthop add srv6-local behavior end id 59 flavor usd psp
nexthop add srv6-local behavior end flavor next-csid block-bits 32 csid-bits 16 id 56
nexthop add srv6-local behavior end.x nexthop fd00::9 iface p0 id 57
nexthop add srv6-local behavior end.x nexthop fd00::9 iface p0 flavor usd id 60
nexthop add srv6-local behavior end.t flavor psp table red id 61
nexthop
nexthop show
nexthop show id 10
nexthop show id 999
nexthop show type L3
nexthop show vrf main type blackhole
nexthop show internal
nexthop show max 3
nexthop config
nexthop config show
nexthop config set lifetime 600 unreachable 30 held-packets 128 ucast-probes 2 bcast-probes 2
nexthop config set lifetime 0
nexthop del 999
nexthop del 20
nexthop flush origin learn
nexthop flush origin static
route add 10.0.0.0/8 via 172.16.1.5
route add 10.1.0.0/16 via id 11
route add 10.2.0.0/16 via id 999
route add 10.1.0.0/16 via id 30
route add 10.3.0.1/16 via 172.16.1.5
route add 10.4.0.0/16 via 192.0.2.1
route add 10.5.0.0/16 via 172.16.1.5 vrf nope
route add 2001:db8::/32 via fd00::2
route add 10.9.0.0/24 via 10.7.0.2 vrf red
route get 10.1.2.3
route get 10.9.0.7 vrf red
route get 203.0.113.1
route
route show
route show ipv4
route show vrf red
route show vrf main max 3
route show max 2
route del 10.1.0.0/16
route del 10.1.0.0/16
route del 10.9.0.0/24 vrf red
route config
route config show
route config set default rib4-routes 2048
route config set default rib4-routes 2048 rib6-routes 2048
fdb add 02:00:00:00:00:99 iface p2
fdb add 02:00:00:00:00:99 iface p2
fdb add 02:00:00:00:00:97 iface p0
fdb
fdb show bridge br0
fdb show static
fdb show iface p2
fdb show learn
fdb show extern
fdb show bridge br0 static
fdb del bridge br0 02:00:00:00:00:99
fdb del br0 02:00:00:00:00:98 vlan 5
fdb del br0 02:00:00:00:00:99
fdb flush bridge br0
fdb flush iface p2
fdb flush mac 02:00:00:00:00:98
fdb flush all
fdb config
fdb config show
fdb config set max 8192
flood vtep add 172.16.0.9 vni 100
flood vtep add 172.16.0.9 vni 999
flood vtep add 172.16.0.10 vni 100 vrf main
flood vtep
flood vtep show vrf main
flood vtep del 172.16.0.9 vni 100
flood vtep del 172.16.0.99 vni 100
mac add 02:00:00:00:05:05 iface p0
mac
mac show iface p0
mac del 02:00:00:00:05:05 iface p0
mac del 02:00:00:00:05:05 iface p0
mac set 02:00:00:00:05:06 iface p0
dnat44 add interface p0 destination 172.16.0.50 replace 172.16.1.50
dnat44 add interface p0 destination 172.16.0.50 replace 172.16.1.50
dnat44 add interface nope destination 172.16.0.50 replace 172.16.1.50
dnat44
dnat44 show
dnat44 show vrf main
dnat44 del interface p0 destination 172.16.0.50
dnat44 del interface p0 destination 172.16.0.50
snat44 add interface p0 subnet 10.0.0.0/8 replace 172.16.0.1
snat44 add interface p0 subnet 10.0.0.0/8 replace 172.16.0.1
snat44
snat44 show
snat44 del interface p0 subnet 10.0.0.0/8 replace 172.16.0.1
snat44 del interface p0 subnet 10.0.0.0/8 replace 172.16.0.1
conntrack
conntrack show
conntrack flush
conntrack config
conntrack config show
conntrack config set max 1024 closed-timeout 4 new-timeout 4 established-udp-timeout 20 established-tcp-timeout 200 half-close-timeout 60 time-wait-timeout 20
dhcp enable p1
dhcp enable p1
dhcp
dhcp show
dhcp disable p1
dhcp disable p1
dhcp enable nope
router-advert
router-advert show
router-advert show interface p0
router-advert set p0 interval 100 lifetime 300
router-advert set p0 interval 200
router-advert set nope interval 200
router-advert clear p0
tunsrc
tunsrc show
tunsrc set fd00::7
tunsrc set 10.0.0.1
tunsrc clear
graph
graph show
graph show brief
graph show full
graph show brief layers compact
graph config
graph config show
graph config set vector-max 64
graph config set rx-burst-max 32
log packets enable
log packets disable
log level
log level show
log level show all
log level set pmd.*:debug
log level set nonsense
stats
stats show
stats show software
stats show hardware
stats show brief
stats show zero
stats show pattern port*
stats show cpu 1
stats show order packets
stats show order name
stats show order graph
stats show order cycles
stats reset
trace enable all
trace enable iface p0
trace enable iface nope
trace show
trace show count 5
trace clear
trace disable all
trace disable iface p0
ping 127.0.0.1 count 1
ping 172.16.1.77 count 1 delay 100
ping 172.16.1.77 count 1 delay 100 iface p1 ident 5
ping 172.16.1.77 vrf nope count 1
json enable
inter show
int sho type port
foo
interface add
interface del t0
interface del t0
interface del vx0
interface del v10
interface del b0
interface del br0
interface del red
interface del nope
interface del p3
`
  .trim()
  .split('\n');
