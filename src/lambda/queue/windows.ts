/**
 * How many events of each function may run at once: a window that opens while events wait and closes by half
 * where Lambda refuses, as TCP finds a line's capacity. Without it a long queue would start hundreds of
 * environments for what ten could do.
 */
export interface Windows {
  /** How many more events of a lane may start. */
  room(lane: string): number;
  /** Counts one event in. */
  enter(lane: string): Window;
}

export interface Window {
  /** Counts the event out. */
  leave(wasRefused: boolean): void;
}

const ROOM_AT_FIRST = 10;
/** Half of all that may be in flight: no function takes it all. */
const ROOM_MAX = 500;

interface LaneState {
  size: number;
  running: number;
  /** True since the window was full. */
  isFull: boolean;
}

/** Windows of all lanes; those without events are forgotten. */
export function createWindows(): Windows {
  const lanes = new Map<string, LaneState>();
  return {
    room(lane) {
      const state = lanes.get(lane);
      return state === undefined ? ROOM_AT_FIRST : Math.max(0, state.size - state.running);
    },
    enter(lane) {
      const state = lanes.get(lane) ?? { size: ROOM_AT_FIRST, running: 0, isFull: false };
      lanes.set(lane, state);
      state.running += 1;
      state.isFull ||= state.running >= state.size;
      return {
        leave(wasRefused) {
          state.running -= 1;
          if (wasRefused) state.size = Math.max(1, Math.floor(state.size / 2));
          else if (state.isFull) state.size = Math.min(ROOM_MAX, state.size + 1);
          if (state.running === 0) lanes.delete(lane);
        },
      };
    },
  };
}
