// The line to the server: who is logged in there, the token to send with, its time. The token lives in this page's memory only.
import { post } from "../visit_post.js";

const PATIENCE = 30_000; // milliseconds

export class Line {
  constructor(root, who) {
    this.root = root; // address of the visit's pages
    this.who = who;
    this.csrf = "";
  }

  /** Ask for the day's schools, or for one whole; null where no answer comes or it is not for this member. */
  async along(pk = null) {
    let told;
    this.gone = false;
    try {
      const answer = await fetch(`${this.root}along${pk ? `?pk=${pk}` : ""}`, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.type === "opaqueredirect" || answer.status === 403) return this.lost("expired");
      this.gone = answer.status === 404; // submitted, or not in sight any more
      if (!answer.ok) return this.gone ? null : this.lost("away");
      told = await answer.json();
    } catch {
      return this.lost("away");
    }
    if (told.who !== this.who) return this.lost("other");
    this.trouble = "";
    this.csrf = told.csrf;
    return told;
  }

  lost(trouble) {
    this.trouble = trouble;
    this.csrf = "";
    return null;
  }

  /** Whether something can be sent now; else ``trouble`` says why not: away, expired, other. */
  async ready() {
    return Boolean(this.csrf || (await this.along()));
  }

  /** What the server says to a message; null where it took nothing. */
  async send(url, body) {
    for (let turn = 0; turn < 2; turn++) {
      if (!(await this.ready())) return null;
      const { status, told } = await post(url, this.csrf, body);
      if (status === 200 || [404, 413, 422].includes(status) || (turn && status === 403)) return { status, told };
      this.csrf = ""; // the session may be another by now: ask who is there
      this.trouble = status === 302 || status === 403 ? "expired" : status === 409 ? "other" : "away";
      if (![302, 400, 403, 409].includes(status)) return null;
    }
    return null;
  }
}
