// Short ones.
export default {
  tags: ["post"], // a second collection
  permalink: "/n/{{ page.fileSlug }}.html",
  lang: 'ja',
};
