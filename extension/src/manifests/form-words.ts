/** Every word of the form that no schema has, in the person's language. */
import { t } from "../editor/l10n.ts";
import type { FormWords } from "../form/messages.ts";

/** The words. */
export function formWords(): FormWords {
  return {
    faults: t("Something is wrong that no question below is about:"),
    no: t("no"),
    number: t("A number belongs here."),
    onePerLine: t("One on each line"),
    openText: t("Open as Text"),
    remove: t("Remove"),
    rise: t("Move Up"),
    sink: t("Move Down"),
    strange: t("The form cannot show this as it is written, and leaves it alone:"),
    unreadable: t("This cannot be shown as a form yet. Mend it as text, and the form comes back:"),
    unset: t("not set"),
    yes: t("yes"),
  };
}
