// Chapters 4 to 6 once more, for the browser: distances, the triplet loss and its gradient, mining,
// neighbours and their measures. Points are arrays of numbers. Written for reading; the batches here
// have a dozen points, so every triplet is visited by a loop.
"use strict";

const Metric = {
  distance(x, y) {
    return Math.hypot(...x.map((value, k) => value - y[k]));
  },

  // d(x, y) of all pairs: n rows of n numbers.
  pairwiseDistances(points) {
    return points.map((x) => points.map((y) => Metric.distance(x, y)));
  },

  // max(0, d(a, p) - d(a, n) + margin) of one triplet.
  tripletLoss(anchor, positive, negative, margin) {
    const gap = Metric.distance(anchor, positive) - Metric.distance(anchor, negative);
    return Math.max(0, gap + margin);
  },

  // The gradient of that loss by each of the three points. At distance zero there is no direction,
  // and the gradient of the distance is zero.
  tripletGradient(anchor, positive, negative, margin) {
    const active = Metric.tripletLoss(anchor, positive, negative, margin) > 0 ? 1 : 0;
    const fromPositive = Metric.direction(positive, anchor);
    const fromNegative = Metric.direction(negative, anchor);
    return {
      anchor: anchor.map((_, k) => active * (fromPositive[k] - fromNegative[k])),
      positive: anchor.map((_, k) => -active * fromPositive[k]),
      negative: anchor.map((_, k) => active * fromNegative[k]),
    };
  },

  // The vector of length one that points from x to y, or zeros where they are equal.
  direction(x, y) {
    const length = Metric.distance(x, y) || 1;
    return y.map((value, k) => (value - x[k]) / length);
  },

  // Easy, semi-hard or hard, by the two distances of a triplet.
  kind(toPositive, toNegative, margin) {
    if (toNegative <= toPositive) return "hard";
    return toNegative < toPositive + margin ? "semi-hard" : "easy";
  },

  // All (anchor, positive, negative) of a batch, as indices.
  validTriplets(labels) {
    const all = labels.map((_, index) => index);
    const triplets = [];
    for (const i of all) {
      for (const j of all) {
        for (const k of all) {
          if (i !== j && labels[i] === labels[j] && labels[i] !== labels[k]) {
            triplets.push([i, j, k]);
          }
        }
      }
    }
    return triplets;
  },

  // The mean over the active triplets, and which share of the valid ones they are.
  batchAll(points, labels, margin) {
    const valid = Metric.validTriplets(labels);
    const distances = Metric.pairwiseDistances(points);
    const lossOf = ([i, j, k]) => distances[i][j] - distances[i][k] + margin;
    const chosen = valid.filter((triplet) => lossOf(triplet) > 0);
    return {
      chosen,
      loss: Metric.meanOf(chosen.map(lossOf)),
      activeFraction: valid.length ? chosen.length / valid.length : 0,
    };
  },

  // The mean over the triplets whose negative is farther than the positive, by less than the margin.
  semiHard(points, labels, margin) {
    const distances = Metric.pairwiseDistances(points);
    const chosen = Metric.validTriplets(labels).filter(
      ([i, j, k]) => Metric.kind(distances[i][j], distances[i][k], margin) === "semi-hard",
    );
    const losses = chosen.map(([i, j, k]) => distances[i][j] - distances[i][k] + margin);
    return { chosen, loss: Metric.meanOf(losses) };
  },

  // The mean over the anchors of the loss of their farthest positive and nearest negative. With
  // the margin null it is the soft margin ln(1 + exp(gap)).
  batchHard(points, labels, margin) {
    const distances = Metric.pairwiseDistances(points);
    const chosen = [];
    labels.forEach((label, i) => {
      const others = labels.map((_, j) => j).filter((j) => j !== i);
      const positives = others.filter((j) => labels[j] === label);
      const negatives = others.filter((k) => labels[k] !== label);
      if (positives.length && negatives.length) {
        const farther = (j, best) => (distances[i][j] > distances[i][best] ? j : best);
        const nearer = (k, best) => (distances[i][k] < distances[i][best] ? k : best);
        const farthest = positives.reduce((best, j) => farther(j, best));
        const nearest = negatives.reduce((best, k) => nearer(k, best));
        chosen.push([i, farthest, nearest]);
      }
    });
    const losses = chosen.map(([i, j, k]) => {
      const gap = distances[i][j] - distances[i][k];
      return margin === null ? Metric.softplus(gap) : Math.max(0, gap + margin);
    });
    return { chosen, loss: Metric.meanOf(losses) };
  },

  // ln(1 + exp(x)), written so that no exponential overflows.
  softplus(x) {
    return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
  },

  // The mean of nothing is zero here: a batch without a triplet costs nothing.
  meanOf(values) {
    return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
  },

  // Indices by their distances, nearest first, at most `count` of them.
  nearest(distances, count) {
    const order = Array.from(distances, (_, index) => index);
    order.sort((i, j) => distances[i] - distances[j] || i - j);
    return order.slice(0, count);
  },

  // The label with most votes; of several, the one whose example is nearest. Nearest come first.
  vote(labels) {
    const votes = (label) => labels.filter((other) => other === label).length;
    return labels.reduce((best, label) => (votes(label) > votes(best) ? label : best));
  },

  // What the measures of chapter 6 say of one ranking. `right` says of each rank whether it is of
  // the query's class; all examples of that class are in the ranking.
  ofRanking(right, k = 1) {
    const total = right.filter(Boolean).length;
    const first = right.slice(0, total);
    let found = 0;
    const precisions = first.map((isRight, rank) => {
      found += isRight ? 1 : 0;
      return isRight ? found / (rank + 1) : 0;
    });
    return {
      isFound: right.slice(0, k).some(Boolean),
      rPrecision: total ? first.filter(Boolean).length / total : null,
      averagePrecision: total ? Metric.meanOf(precisions) : null,
    };
  },

  // One ranking for each point: whether each other point, nearest first, is of its class.
  rankings(points, labels) {
    return Metric.pairwiseDistances(points).map((row, query) => {
      const order = Metric.nearest(row, row.length).filter((other) => other !== query);
      return order.map((other) => labels[other] === labels[query]);
    });
  },

  recallAtK(points, labels, k) {
    const found = Metric.rankings(points, labels).map((right) => Metric.ofRanking(right, k).isFound);
    return Metric.meanOf(found.map(Number));
  },

  meanAveragePrecisionAtR(points, labels) {
    const each = Metric.rankings(points, labels).map(
      (right) => Metric.ofRanking(right).averagePrecision,
    );
    return Metric.meanOf(each.filter((one) => one !== null));
  },
};
