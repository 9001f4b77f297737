/** Windows and waves as a person types them in one line, at a terminal as in the editor. */
import { windowFault } from "../calendar/index.ts";
import { OutriderError, say } from "../errors/index.ts";
import type { Wave, Window } from "../schema/index.ts";

type Day = NonNullable<Window["days"]>[number];

const days: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const time = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const windowText = new RegExp(
  `^(?:(?<days>[a-z]{3}(?:[-,][a-z]{3})*) +)?(?<from>${time})-(?<to>${time})(?: +(?<timeZone>[A-Za-z0-9_+/-]{1,64}))?$`,
  "i",
);

/**
 * `22:00-04:00`, `mon-fri 22:00-04:00 Europe/Berlin`, `sat,sun 00:00-23:59`.
 *
 * @param timeZone where the text names none. @throws CONFIG_INVALID saying how it is written
 */
export function parseWindow(text: string, timeZone?: string): Window {
  const groups = windowText.exec(text.trim())?.groups;
  const named = groups?.["days"] === undefined ? undefined : daysOf(groups["days"].toLowerCase());
  const { from, to } = groups ?? {};
  const zone = groups?.["timeZone"] ?? timeZone;
  if (from === undefined || to === undefined || named?.length === 0)
    throw new OutriderError(
      "CONFIG_INVALID",
      say('{0} is no window: write it such as "mon-fri 22:00-04:00 Europe/Berlin".', text),
      { subject: text },
    );
  const window: Window = {
    ...(named === undefined ? {} : { days: named }),
    from,
    to,
    ...(zone === undefined ? {} : { timeZone: zone }),
  };
  const fault = windowFault(window);
  if (fault !== undefined)
    throw new OutriderError("CONFIG_INVALID", `The window ${text} ${fault}.`, { subject: text });
  return window;
}

/** `25%`: a share of the audience, cumulative; else the name of a group. @throws CONFIG_INVALID */
export function parseWave(text: string): Wave {
  const share = /^(\d{1,3}(?:\.\d{1,6})?) ?%$/.exec(text)?.[1];
  if (share !== undefined && Number(share) > 0 && Number(share) <= 100)
    return { share: Number(share) };
  if (share === undefined && /^[a-z0-9][a-z0-9._-]{0,63}$/i.test(text)) return { group: text };
  throw new OutriderError(
    "CONFIG_INVALID",
    say('{0} is no wave: write a share such as "25%", or the name of a group.', text),
    { subject: text },
  );
}

/** None where a name means no day, or a range runs backwards into nothing. */
function daysOf(text: string): Day[] {
  const named = text.split(",").flatMap((part) => {
    const [from, to = from] = part.split("-").map((name) => days.indexOf(name as Day));
    if (from === undefined || to === undefined || from < 0 || to < 0) return [undefined];
    const length = ((to - from + 7) % 7) + 1;
    return Array.from({ length }, (_, at) => days[(from + at) % 7]);
  });
  return named.includes(undefined) ? [] : ([...new Set(named)] as Day[]);
}
