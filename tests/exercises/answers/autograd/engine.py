"""Answers to *Build an engine* as readers write them, right and wrong."""

import math

import torch

from examples.autograd.engine import Rule, Value, apply


def right_tanh__a_rule_inside(x):
    rule = Rule("tanh", math.tanh, lambda y, a: (1 - y**2,))
    return apply(rule, x)


def right_tanh__named_functions(x):
    def result(a):
        return (math.exp(a) - math.exp(-a)) / (math.exp(a) + math.exp(-a))

    def slopes(y, a):
        return (1 - y * y,)

    return apply(Rule(name="tanh", result=result, slopes=slopes), x)


def right_tanh__slope_of_the_input(x):
    return apply(Rule("tanh", math.tanh, lambda y, a: (1 / math.cosh(a) ** 2,)), x)


def right_tanh__a_value_directly(x):
    rule = Rule("tanh", math.tanh, lambda y, a: ((1 + y) * (1 - y),))
    return Value(math.tanh(x.number), rule, (x,))


def wrong_tanh__forgets_the_way(x):
    """the slope, x.grad"""
    return Value(math.tanh(x.number))


def wrong_tanh__input_for_result(x):
    """the slope, x.grad"""
    return apply(Rule("tanh", math.tanh, lambda y, a: (1 - a * a,)), x)


def wrong_tanh__a_number(x):
    """a Value is asked for, and this is a float"""
    return math.tanh(x.number)


def wrong_tanh__no_return(x):
    """a Value is asked for, and this is None"""
    apply(Rule("tanh", math.tanh, lambda y, a: (1 - y * y,)), x)


def wrong_tanh__slope_of_the_sigmoid(x):
    return apply(Rule("tanh", math.tanh, lambda y, a: (y * (1 - y),)), x)


def wrong_tanh__tangent(x):
    """the result"""
    return apply(Rule("tan", math.tan, lambda y, a: (1 + y * y,)), x)


def wrong_tanh__value_for_a_number(x):
    """TypeError at"""
    return Value(math.tanh(x))


def right_fit_line__sum_in_a_loop(points, lr, steps):
    w, b = Value(0), Value(0)
    for _ in range(steps):
        loss = Value(0.0)
        for x, y in points:
            off = w * x + b - y
            loss = loss + off * off
        loss = loss / len(points)
        w.grad, b.grad = 0.0, 0.0
        loss.backward()
        w.number = w.number - lr * w.grad
        b.number = b.number - lr * b.grad
    return w.number, b.number


def right_fit_line__new_values(points, lr, steps):
    w = b = 0.0
    for _ in range(steps):
        W, B = Value(w), Value(b)
        loss = sum((((W * x + B) - y) ** 2 for x, y in points), start=Value(0.0))
        (loss * (1 / len(points))).backward()
        w, b = w - lr * W.grad, b - lr * B.grad
    return (w, b)


def right_fit_line__share_by_share(points, lr, steps):
    w, b = Value(0.0), Value(0.0)
    for _ in range(steps):
        shares = [(w * x + b - y) ** 2 / len(points) for x, y in points]
        loss = shares[0]
        for share in shares[1:]:
            loss = loss + share
        loss.backward()
        for value in (w, b):
            value.number -= lr * value.grad
            value.grad = 0.0
    return w.number, b.number


def wrong_fit_line__by_formula(points, lr, steps):
    """`backward` is to find the slopes"""
    w = b = 0.0
    for _ in range(steps):
        off = [w * x + b - y for x, y in points]
        for_w = sum(2 * o * x for o, (x, _) in zip(off, points)) / len(points)
        for_b = sum(2 * o for o in off) / len(points)
        w, b = w - lr * for_w, b - lr * for_b
    return w, b


def wrong_fit_line__torch(points, lr, steps):
    """`backward` is to find the slopes"""
    xs, ys = torch.tensor(points, dtype=torch.float64).unbind(1)
    p = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    for _ in range(steps):
        p.grad = None
        ((p[0] * xs + p[1] - ys) ** 2).mean().backward()
        with torch.no_grad():
            p -= lr * p.grad
    return tuple(p.tolist())


def wrong_fit_line__never_forgets(points, lr, steps):
    """Do old slopes remain"""
    w, b = Value(0.0), Value(0.0)
    for _ in range(steps):
        loss = sum(((w * x + b - y) ** 2 for x, y in points), Value(0.0)) / len(points)
        loss.backward()
        w.number -= lr * w.grad
        b.number -= lr * b.grad
    return w.number, b.number


def wrong_fit_line__sum_for_mean(points, lr, steps):
    """That was steps=1"""
    return right_fit_line__sum_in_a_loop(points, lr * len(points), steps)


def wrong_fit_line__values(points, lr, steps):
    """expected a float, got a Value"""
    w, b = right_fit_line__sum_in_a_loop(points, lr, steps)
    return Value(w), Value(b)


def wrong_fit_line__one_step_too_many(points, lr, steps):
    return right_fit_line__sum_in_a_loop(points, lr, steps + 1)


def wrong_fit_line__sample_by_sample(points, lr, steps):
    w, b = Value(0.0), Value(0.0)
    for _ in range(steps):
        for x, y in points:
            w.grad = b.grad = 0.0
            ((w * x + b - y) ** 2).backward()
            w.number -= lr * w.grad / len(points)
            b.number -= lr * b.grad / len(points)
    return w.number, b.number


class right_MSELoss__keeps_both:
    def __call__(self, y, t):
        self.y, self.t = y, t
        off = [a - b for p, q in zip(y, t) for a, b in zip(p, q)]
        return sum(a * a for a in off) / len(off)

    def backward(self):
        n = len(self.y) * len(self.y[0])
        return [[2 * (a - b) / n for a, b in zip(p, q)] for p, q in zip(self.y, self.t)]


class right_MSELoss__slopes_at_once:
    def __init__(self):
        self.slopes = None

    def __call__(self, y, t):
        rows, columns = len(y), len(y[0])
        total, self.slopes = 0.0, []
        for i in range(rows):
            self.slopes.append([])
            for j in range(columns):
                off = y[i][j] - t[i][j]
                total += off**2
                self.slopes[i].append(off * 2 / (rows * columns))
        return total / (rows * columns)

    def backward(self):
        return self.slopes


class right_MSELoss__through_torch_tensors:
    def __call__(self, y, t):
        self.off = torch.tensor(y, dtype=torch.float64) - torch.tensor(t, dtype=torch.float64)
        return self.off.square().mean().item()

    def backward(self):
        return (2 * self.off / self.off.numel()).tolist()


class wrong_MSELoss__counts_rows(right_MSELoss__keeps_both):
    """That was shape (3, 2): the loss"""

    def __call__(self, y, t):
        return super().__call__(y, t) * len(y[0])


class wrong_MSELoss__two_forgotten(right_MSELoss__keeps_both):
    """the slopes"""

    def backward(self):
        return [[a / 2 for a in row] for row in super().backward()]


class wrong_MSELoss__not_divided(right_MSELoss__keeps_both):
    """the slopes"""

    def backward(self):
        return [[2 * (a - b) for a, b in zip(p, q)] for p, q in zip(self.y, self.t)]


class wrong_MSELoss__no_return(right_MSELoss__keeps_both):
    """is a `return` missing?"""

    def __call__(self, y, t):
        super().__call__(y, t)


class wrong_MSELoss__flat_slopes(right_MSELoss__keeps_both):
    def backward(self):
        return [a for row in super().backward() for a in row]


class wrong_MSELoss__turned_sign(right_MSELoss__keeps_both):
    def backward(self):
        return [[-a for a in row] for row in super().backward()]


class wrong_MSELoss__writes_into_y(right_MSELoss__keeps_both):
    """changed its arguments"""

    def backward(self):
        slopes = super().backward()
        for row, other in zip(self.y, slopes):
            row[:] = other
        return slopes


class wrong_MSELoss__tensors(right_MSELoss__through_torch_tensors):
    """expected a list, got a tensor"""

    def backward(self):
        return 2 * self.off / self.off.numel()


class right_Momentum__a_dict:
    def __init__(self, parameters, lr, momentum=0.9):
        self.parameters, self.lr, self.momentum = parameters, lr, momentum
        self.v = {}

    def zero_grad(self):
        for p in self.parameters:
            p.grad = [[0.0] * len(row) for row in p.value]

    def step(self):
        for k, p in enumerate(self.parameters):
            for i in range(len(p.value)):
                for j in range(len(p.value[i])):
                    v = self.momentum * self.v.get((k, i, j), 0.0) + p.grad[i][j]
                    self.v[k, i, j] = v
                    p.value[i][j] -= self.lr * v


class right_Momentum__new_tables:
    def __init__(self, parameters, lr, momentum=0.9):
        self.ps = list(parameters)
        self.lr = lr
        self.m = momentum
        self.vs = [[[0.0 for _ in row] for row in p.value] for p in self.ps]

    def zero_grad(self):
        for p in self.ps:
            p.zero_grad()

    def step(self):
        for n, p in enumerate(self.ps):
            self.vs[n] = [
                [self.m * v + g for v, g in zip(*rows)] for rows in zip(self.vs[n], p.grad)
            ]
            p.value = [
                [x - self.lr * v for x, v in zip(*rows)] for rows in zip(p.value, self.vs[n])
            ]


class right_Momentum__first_step_apart(right_Momentum__new_tables):
    def __init__(self, parameters, lr, momentum=0.9):
        super().__init__(parameters, lr, momentum)
        self.vs = None

    def step(self):
        if self.vs is None:
            self.vs = [[[0.0] * len(row) for row in p.value] for p in self.ps]
        super().step()


class wrong_Momentum__zero_grad_forgets_all(right_Momentum__a_dict):
    """That was after step 2"""

    def zero_grad(self):
        super().zero_grad()
        self.v = {}


class wrong_Momentum__one_velocity(right_Momentum__a_dict):
    """That was after step 1"""

    def step(self):
        for p in self.parameters:
            for i in range(len(p.value)):
                for j in range(len(p.value[i])):
                    self.v[0] = self.momentum * self.v.get(0, 0.0) + p.grad[i][j]
                    p.value[i][j] -= self.lr * self.v[0]


class wrong_Momentum__damped(right_Momentum__a_dict):
    """That was after step 1"""

    def step(self):
        for k, p in enumerate(self.parameters):
            for i in range(len(p.value)):
                for j in range(len(p.value[i])):
                    v = self.momentum * self.v.get((k, i, j), 0.0)
                    v += (1 - self.momentum) * p.grad[i][j]
                    self.v[k, i, j] = v
                    p.value[i][j] -= self.lr * v


class wrong_Momentum__always_nine_tenths(right_Momentum__a_dict):
    """with momentum=0.5"""

    def __init__(self, parameters, lr, momentum=0.9):
        super().__init__(parameters, lr, 0.9)


class wrong_Momentum__plain_sgd(right_Momentum__a_dict):
    """That was after step 2"""

    def __init__(self, parameters, lr, momentum=0.9):
        super().__init__(parameters, lr, 0.0)


class wrong_Momentum__keeps_the_slopes(right_Momentum__a_dict):
    """That was after step 2"""

    def zero_grad(self):
        pass


class wrong_Momentum__no_step:
    """your class has no method `step`"""

    def __init__(self, parameters, lr, momentum=0.9):
        pass

    def zero_grad(self):
        pass


class wrong_Momentum__no_usual_momentum(right_Momentum__a_dict):
    def __init__(self, parameters, lr, momentum=0.0):
        super().__init__(parameters, lr, momentum)
