/* What the search finds first. The theme's worker reads the pages and marks the words that were
   found, as ever; `search.py` puts this file before it. But a query is words here, and no command:
   the language of lunr, which the theme asks, takes `*`, `+`, `-`, `:`, `^` and `~` for its own,
   and a reader of this book types them. And a title counts more than text, not a thousand times; so
   do the words in which people ask for a section, which stand in the head of its page (`asked:`). */
"use strict";

(() => {
  /* What counts how much, beside 1 for a rare word that a section's text has often. */
  const WEIGHT = {
    title: 2, whole: 1,        // a word of a title of usual length; and if these are all that it has
    asked: 0.9,                // of a title, words in which people ask for the section
    page: 0.4,                 // a word of the page's title
    block: 1,                  // a word in that paragraph or listing which has the most of them
    next: 0.8, joined: 2,      // a word right after the one before; and if they were typed as one
    stem: 0.9, start: 0.6, near: 0.5,  // another form of the word, a longer one, one letter off
    inside: 0.9,               // of a section, what only a box in it has
    box: 0.8, question: 0.6,   // of a section, a box in it, or a question to the reader
    little: 0.1,               // of a word, one that is in all questions
    message: 1.5,              // for a message, the page that explains messages
  };
  const MOST = 40, LEAST = 0.15;  // results, and their share of the best one's score
  const LITTLE = new Set("pytorch torch python difference use using way work mean between without".split(" "));
  const SHOWN = 3, NEARLY = 0.4;   // sections of a page, if they are nearly as good as its best one
  const USUAL = 4;  // words of a title
  const SHORT = 4, LONGEST = 60;  // letters of a word
  const FIELDS = ["title", "asked", "text"];
  const APART = 2 ** 40;  // between the places in one field and those in the next
  const TRACE = /^[^]*Traceback \(most recent call last\)[^]*\b(?=[\w.]*(?:Error|Exception|Warning): )/;
  const MESSAGE = /^\s*(?:[\w.]*(?:Error|Exception|Warning)|ERROR): /;
  const MESSAGES = "reference/errors.html";
  let separator, sections, asked = [], message = false;

  /* The theme shows of each page the section that has the highest score, and folds the others. */
  const tell = self.postMessage;
  self.postMessage = (answer, ...more) => {
    for (const [first, ...others] of (answer.type === 3 ? answer.data.items : []))
      for (const item of others.slice(0, SHOWN - 1))
        if (item.score > NEARLY * first.score) item.score = first.score;
    tell.call(self, answer, ...more);
  };

  /* The first message brings the index, and each later one a query. */
  addEventListener("message", ({ data }) => {
    if (data.type === 0) prepare(data.data);
    if (data.type !== 2) return;
    const query = data.data.replace(TRACE, "");
    message = MESSAGE.test(query);
    asked = words(query.replace(MESSAGE, "").replace(/\b(?:vs|versus)\b/gi, "difference between"));
    data.data = asked.map(({ word }) => word).join(" ");
  });

  const words = (query) => query.split(/\s+/).flatMap((typed) =>
    typed.split(separator).filter(Boolean).map((word, n) => ({ word: word.toLowerCase(), joined: n > 0 })));

  const follows = (before, at) => {
    for (const place of before ?? []) if (at.has(place + 1)) return true;
    return false;
  };
  const count = (map, key, more) => map.set(key, (map.get(key) ?? 0) + more);

  function prepare({ config, docs }) {
    const { lunr } = self;
    separator = new RegExp(config.separator);
    sections = new Map();
    let around;
    config.fields.asked = { boost: 1 };
    for (const doc of docs) {
      const { location, boost = 1 } = doc, [page, id = ""] = location.split("#");
      [doc.title, doc.asked = ""] = doc.title.split("\u2063");
      const kind = /^box-/.test(id) ? WEIGHT.box : /^question-/.test(id) ? WEIGHT.question : 1;
      if (kind === 1) around = location;
      sections.set(location, { page, boost: boost * kind, around: kind === 1 ? undefined : around,
        title: 0, asked: new Map(), text: 0 });
    }
    /* lunr takes two states of its automaton for one if their names are the same, and leaves out
       what keeps an edge's digit apart from a state's number: words of digits get lost or made up. */
    lunr.TokenSet.prototype.toString = function () {
      const name = ([label, { id }]) => `${label}${id};`;
      return (this._str ??= +this.final + Object.entries(this.edges).map(name).sort().join(""));
    };
    lunr.Index.prototype.search = function () {
      this.found ??= new Found(this, lunr);
      return this.found.search(asked, message);
    };
  }

  class Found {
    constructor({ invertedIndex, tokenSet }, lunr) {
      this.index = invertedIndex;
      this.lunr = lunr;
      this.tokens = tokenSet;
      this.vocabulary = Object.keys(invertedIndex).sort();
      this.stems = new Map();
      for (const word of this.vocabulary) {
        const stem = this.stem(word);
        this.stems.has(stem) ? this.stems.get(stem).push(word) : this.stems.set(stem, [word]);
        for (const field of ["title", "text"])
          for (const [ref, { position }] of Object.entries(invertedIndex[word][field]))
            sections.get(ref)[field] += position.length;
        for (const [ref, { position }] of Object.entries(invertedIndex[word].asked))
          for (const at of position) count(sections.get(ref).asked, at >>> 20, 1);
      }
      this.usual = [...sections.values()].reduce((sum, { text }) => sum + text, 0) / sections.size;
    }

    stem(word) {
      return this.lunr.stemmer(new this.lunr.Token(word)).toString();
    }

    /* All words of the index that one asked for may mean, and how much each counts. */
    meant(word) {
      const like = new Map();
      const add = (found, share) => found.forEach((w) => like.has(w) || like.set(w, share));
      if (this.index[word]) like.set(word, 1);
      if (word.length > 3) add(this.stems.get(this.stem(word)) ?? [], WEIGHT.stem);
      if (word.length > 2 || !like.size) add(this.beginning(word), WEIGHT.start);
      if (!like.size && word.length > 3) {
        const { TokenSet } = this.lunr;
        add(this.tokens.intersect(TokenSet.fromFuzzyString(word, 1)).toArray(), WEIGHT.near);
      }
      return like;
    }

    /* In a message, `torch` may be the word that tells it from another. */
    isLittle(word, message) {
      return !this.lunr.stopWordFilter(new this.lunr.Token(word)) || (!message && LITTLE.has(word));
    }

    beginning(word) {
      const { vocabulary } = this;
      let low = 0, high = vocabulary.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        vocabulary[middle] < word ? (low = middle + 1) : (high = middle);
      }
      for (high = low; vocabulary[high]?.startsWith(word); ) high++;
      return vocabulary.slice(low, high);
    }

    /* `dataloader` stands in the index as `data` and `loader`: as few words as make up the whole, the
       last of them perhaps only begun. Gibberish could be made up of single letters, and is not. */
    parts(word) {
      if (word.length > LONGEST || this.beginning(word).length) return [word];
      const fewest = [[]];  // for each length, the words that make up so much of its beginning
      for (let end = 1; end <= word.length; end++) {
        for (let start = 0; start < end; start++) {
          const part = word.slice(start, end);
          const known = end < word.length ? this.index[part] : this.beginning(part).length;
          if (known && fewest[start] && !(fewest[end]?.length <= fewest[start].length + 1))
            fewest[end] = [...fewest[start], part];
        }
      }
      const found = fewest[word.length] ?? [word];
      return word.length < SHORT || word.length >= 2 * found.length ? found : [word];
    }

    /* Where a word stands: for each section how much of it is in each field, and at what places. */
    places(word) {
      const here = new Map();
      for (const [like, share] of this.meant(word)) {
        for (const field of FIELDS) {
          for (const [ref, { position }] of Object.entries(this.index[like][field])) {
            if (!here.has(ref)) here.set(ref, { title: 0, asked: 0, text: 0, at: new Set(), likes: new Map() });
            const found = here.get(ref);
            const often = position.length / (position.length + 0.4 + 0.6 * sections.get(ref).text / this.usual);
            found[field] = Math.max(found[field], share * (field === "text" ? often : 1));
            for (const at of position) found.at.add(at + FIELDS.indexOf(field) * APART);
            if (!found.likes.has(like)) found.likes.set(like, {});
            found.likes.get(like)[field] = { position };
          }
        }
      }
      return here;
    }

    search(asked, message) {
      const results = new Map();
      const result = (ref) => {
        if (!results.has(ref))
          results.set(ref, {
            score: 0, title: 0, titleWords: 0, blocks: new Map(), askings: new Map(), askedWords: new Map(),
            metadata: Object.create(null),
          });
        return results.get(ref);
      };
      const all = asked.flatMap(({ word, joined }) =>
        this.parts(word).map((part, n) => ({ word: part, joined: joined || n > 0 })));
      let before = new Map();
      for (const { word, joined } of all) {
        const here = this.places(word);
        const rare = Math.log(1 + (sections.size - here.size + 0.5) / (here.size + 0.5))
          * (this.isLittle(word, message) ? WEIGHT.little : 1);
        const next = new Map(), inside = new Map();
        for (const [ref, { title, asked, text, at, likes }] of here) {
          const to = result(ref), { page, around } = sections.get(ref);
          to.score += rare * text;
          if (title) (to.title += rare * title), (to.titleWords += 1);
          if (here.get(page)?.title && ref !== page) to.score += WEIGHT.page * rare;
          if (follows(before.get(ref), at)) to.score += (joined ? WEIGHT.joined : WEIGHT.next) * rare;
          next.set(ref, at);
          for (const block of new Set([...at].map((place) => Math.floor(place / 2 ** 20)))) {
            const [field, number] = [Math.floor(block / 2 ** 20), block % 2 ** 20];
            if (FIELDS[field] === "text") count(to.blocks, number, rare);
            if (FIELDS[field] === "asked") count(to.askings, number, rare * asked), count(to.askedWords, number, 1);
          }
          for (const [like, fields] of likes) to.metadata[like] = fields;
          if (around) inside.set(around, Math.max(inside.get(around) ?? 0, text, title));
        }
        for (const [ref, share] of inside) {
          const more = share - (here.get(ref)?.text ?? 0);
          if (more > 0) result(ref).score += WEIGHT.inside * rare * more;
          result(ref).metadata[word] ??= {};
        }
        before = next;
      }
      const heading = (sum, words, length) => {
        const part = Math.min(1, words / length);
        return sum * ((WEIGHT.title * 2) / (1 + length / USUAL) + WEIGHT.whole * part ** 2);
      };
      const list = [...results].map(([ref, found]) => {
        const section = sections.get(ref);
        const headings = [...found.askings].map(([one, sum]) =>
          WEIGHT.asked * heading(sum, found.askedWords.get(one), section.asked.get(one)));
        if (found.titleWords) headings.push(heading(found.title, found.titleWords, section.title));
        const block = WEIGHT.block * Math.max(0, ...found.blocks.values());
        const boost = section.boost * (message && section.page === MESSAGES ? WEIGHT.message : 1);
        return {
          ref, matchData: { metadata: found.metadata },
          score: boost * (found.score + Math.max(0, ...headings) + block),
        };
      });
      const best = Math.max(...list.map(({ score }) => score));
      /* The theme multiplies by what it finds itself, more than twice for a whole page. */
      return list.filter(({ score }) => score > LEAST * best)
        .sort((a, b) => b.score - a.score)
        .slice(0, MOST)
        .map(({ ref, score, matchData }) =>
          ({ ref, matchData, score: (score / best) ** 4 * (ref.includes("#") ? 1 : 0.5) }));
    }
  }
})();
