import { randomUUID } from 'node:crypto';
import { systemClock } from '#client/clock';
import { createResident } from '#controllers/runtime/resident';
import { doorbellContract } from './doorbell.contract.ts';

doorbellContract(async (handle) => {
  const resident = createResident({
    clock: systemClock,
    onError: (error) => {
      throw error;
    },
  });
  resident.attach({ run: handle, poke: () => false, tick: async () => undefined });
  return { doorbell: resident, cluster: randomUUID(), close: () => resident.stop() };
});
