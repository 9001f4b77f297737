/** How a number is typed: plain digits, short enough to stay what they are when they are read. */
export const numberText = /^(-?\d{1,12}(\.\d{1,6})?)?$/;
