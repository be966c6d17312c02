import { Operations } from "./operations.js";
import type { Event, Ingested } from "./types.js";

const MOST_EVENTS = 1_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** All of the API. */
export class Client extends Operations {
  /**
   * Sends any number of events in batches; the outcomes are in the order of the events. A batch whose answer is lost is sent again: what
   * was taken the first time is then a duplicate, and counted once.
   */
  async sendAllEvents(events: Iterable<Event> | AsyncIterable<Event>, batch: number = MOST_EVENTS): Promise<Ingested> {
    const whole: Ingested = { accepted: 0, duplicates: 0, conflicts: 0, quarantined: 0, outcomes: [] };
    let waiting: Event[] = [];
    let size = 0;
    const send = async () => {
      const { value } = await this.sendEvents(waiting);
      whole.accepted += value.accepted;
      whole.duplicates += value.duplicates;
      whole.conflicts += value.conflicts;
      whole.quarantined += value.quarantined;
      whole.outcomes.push(...value.outcomes);
      [waiting, size] = [[], 0];
    };
    for await (const event of events) {
      const length = JSON.stringify(event).length;
      if (waiting.length > 0 && (waiting.length >= batch || size + length > MOST_BYTES)) await send();
      waiting.push(event);
      size += length;
    }
    if (waiting.length > 0) await send();
    return whole;
  }
}
