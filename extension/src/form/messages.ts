/** What the form is told, and what it asks for. */

/** How a value is asked for; sets and lines are told one element a line. */
export type Control =
  | { readonly kind: "text" | "number" | "flag" | "lines" }
  | { readonly kind: "choice" | "set"; readonly choices: readonly string[] };

/** One question of the form: a member of the document. */
export interface Field {
  /** JSON pointer. */
  readonly pointer: string;
  readonly label: string;
  /** What it is for. */
  readonly hint: string;
  readonly control: Control;
  /** Empty where it is not written. */
  readonly value: string;
  /** What is wrong with it. */
  readonly faults: readonly string[];
  readonly isRequired: boolean;
  /** What is written there, where the control cannot show it as it is: then it is looked at, and never written. */
  readonly strange?: string;
}

/** Members that belong together. */
export interface Group {
  /** JSON pointer of the object that they are members of. */
  readonly pointer: string;
  readonly heading: string;
  readonly fields: readonly Field[];
  readonly groups: readonly Group[];
  readonly adders: readonly Adder[];
  /** What is wrong, beside what is wrong with a field. */
  readonly faults: readonly string[];
  /** What else there is. */
  readonly notes: readonly string[];
  /** As for a field. */
  readonly strange?: string;
  /** Set where the whole can be taken out; an element can change its place. */
  readonly row?: { readonly canRise: boolean; readonly canSink: boolean };
}

/** What can be added. */
export interface Adder {
  /** JSON pointer of the array that gets an element, or of the member that is written. */
  readonly pointer: string;
  readonly label: string;
  /** JSON pointer of what will be there. */
  readonly next: string;
  readonly fresh: unknown;
}

/** From the extension. */
export type ToForm =
  | {
      readonly kind: "show";
      readonly title: string;
      /** Of the document; what is ordered by place holds while everything keeps its place. */
      readonly version: number;
      readonly content: Group;
      readonly words: FormWords;
    }
  | {
      readonly kind: "unreadable";
      readonly title: string;
      readonly faults: readonly string[];
      readonly words: FormWords;
    };

/** What stands on buttons and beside fields, in the person's language. */
export interface FormWords {
  readonly faults: string;
  readonly no: string;
  readonly number: string;
  readonly onePerLine: string;
  readonly openText: string;
  readonly remove: string;
  readonly rise: string;
  readonly sink: string;
  readonly strange: string;
  readonly unreadable: string;
  readonly unset: string;
  readonly yes: string;
}

/** From the page. */
export type FromForm =
  | { readonly kind: "ready" }
  /** Leave the form for the text, at a place of it. */
  | { readonly kind: "openText"; readonly pointer: string }
  /** `was`: the value that the person saw; another one there means that the text was changed meanwhile. */
  | {
      readonly kind: "write";
      readonly pointer: string;
      readonly was: string;
      readonly value: string;
    }
  | { readonly kind: "add"; readonly pointer: string }
  | {
      readonly kind: "remove" | "rise" | "sink";
      readonly pointer: string;
      readonly version: number;
    };
