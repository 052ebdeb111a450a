/** As warm.cjs is, as an ES module. */
export const handler = async (event) => event;
