/** The group that the local server's agents are in; the sample's push file names it. */
export const trialGroup = "samples";
