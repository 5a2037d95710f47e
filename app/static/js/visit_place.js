// Where a photo is taken, if the inspector agrees: asked once a member and phone, told beside the photo and never in it.
import { ask } from "./ask.js";

const PATIENCE = 10_000; // milliseconds for the phone to find out
const AT_MOST = 2_000; // so long a photo waits to be kept
const FRESH = 60_000;
const REFUSED = 1; // by the browser or the system

const key = (who) => `visit-place-${who}`;
export const able = () => isSecureContext && "geolocation" in navigator;
export const chosen = (who) => localStorage.getItem(key(who)) ?? "";
export const choose = (who, yes) => localStorage.setItem(key(who), yes ? "yes" : "no");

export class Place {
  constructor(words, who) {
    this.words = words;
    this.who = who;
    this.found = Promise.resolve(null);
  }

  /** The camera is about to open: ask where nothing was chosen yet, and begin to look. */
  async opening(event) {
    if (!able()) return;
    if (!chosen(this.who)) {
      event.preventDefault();
      choose(this.who, await ask(this.words.placeAsk));
      if (chosen(this.who) === "yes") this.look();
      event.target.click();
    } else if (chosen(this.who) === "yes") this.look();
  }

  look() {
    this.found = new Promise((done) => {
      const missed = (error) => {
        if (error.code === REFUSED) choose(this.who, false);
        done(null);
      };
      const told = ({ coords }) => done({ lat: coords.latitude, lon: coords.longitude, within: Math.ceil(coords.accuracy) });
      navigator.geolocation.getCurrentPosition(told, missed, { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: FRESH });
    });
  }

  /** What was found so far; null where nothing is known. */
  here() {
    return Promise.race([this.found, new Promise((done) => setTimeout(done, AT_MOST, null))]);
  }
}
