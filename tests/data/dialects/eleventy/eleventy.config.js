// The garden's site.
export default function (eleventyConfig) {
  eleventyConfig.addPassthroughCopy("content/blog/**/*.png");
  eleventyConfig.addPreprocessor("drafts", "*", (data) => {
    if (data.draft) return false;
  });
}

export const config = {
  // input: "old-content",
  pathPrefix: "/garden/",
  dir: {
    input: "content",
    includes: "../_includes",
    data: "../_data",
  },
};
