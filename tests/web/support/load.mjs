// Clients that look members up, one request after the other each.
import { Agent, get } from 'node:http';

function checkDigit(digits) {
  let sum = 0;
  [...digits].reverse().forEach((digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return (10 - (sum % 10)) % 10;
}

// An ID number that is well formed. Hardly any belongs to a member, so it is asked of the database.
function anyIdNumber() {
  const two = (least, most) => String(least + Math.floor(Math.random() * (most - least + 1))).padStart(2, '0');
  const digits = `${two(50, 99)}${two(1, 12)}${two(1, 28)}${two(0, 99)}${two(0, 99)}08`;
  return digits + checkDigit(digits);
}

export class Load {
  /** Starts `clients` clients. A share of what they ask for is `known`, which is a member's; each waits `pause` ms between two. */
  constructor(origin, known, { clients = 8, share = 0.7, pause = 5 } = {}) {
    this.agent = new Agent({ keepAlive: true, maxSockets: clients });
    this.running = true;
    this.done = Promise.all(Array.from({ length: clients }, async () => {
      while (this.running) {
        await this.ask(`${origin}/api/v1/optimized-cards/member/${Math.random() < share ? known : anyIdNumber()}`);
        await new Promise((resolve) => { setTimeout(resolve, pause); });
      }
    }));
  }

  ask(url) {
    return new Promise((resolve) => {
      get(url, { agent: this.agent }, (response) => response.resume().on('close', resolve)).on('error', resolve);
    });
  }

  async stop() {
    this.running = false;
    await this.done;
    this.agent.destroy();
  }
}
