import { removeAll } from '#node-agent/remove-all';

// What an agent has made on this machine goes away with the account that it served: `remove-node CLUSTER-UID NODE DATA-DIR`.
const [clusterUid = '', name = '', dataDir = ''] = process.argv.slice(2);
await removeAll({ clusterUid, nodes: [{ name, dataDir }] });
