"""Answers to *The graph* as readers write them, right and wrong."""

import torch

from examples.autograd.graph import finite_difference, nodes


def right_names__depth_first(result):
    found = []

    def walk(node):
        if node is not None and node not in found:
            found.append(node)
            for earlier, _ in node.next_functions:
                walk(earlier)

    walk(result.grad_fn)
    return [type(node).__name__ for node in found]


def right_names__name_method(result):
    waiting, seen, names = [result.grad_fn], set(), []
    while waiting:
        node = waiting.pop(0)
        if node is None or node in seen:
            continue
        seen.add(node)
        names.append(node.name())
        waiting.extend(earlier for earlier, _ in node.next_functions)
    return names


def right_names__from_the_chapter(result):
    if result.grad_fn is None:
        return []
    return [node.__class__.__name__ for node in nodes(result)]


def wrong_names__every_way(result):
    """Each node once"""

    def walk(node):
        if node is None:
            return []
        found = [type(node).__name__]
        for earlier, _ in node.next_functions:
            found += walk(earlier)
        return found

    return walk(result.grad_fn)


def wrong_names__each_name_once(result):
    """AccumulateGrad stands 1 times"""
    return list(dict.fromkeys(right_names__depth_first(result)))


def wrong_names__first_input_alone(result):
    node, found = result.grad_fn, []
    while node is not None:
        found.append(type(node).__name__)
        node = node.next_functions[0][0] if node.next_functions else None
    return found


def wrong_names__leaves_first(result):
    """the result's own node comes first"""
    return right_names__depth_first(result)[::-1]


def wrong_names__without_the_result(result):
    """PowBackward0 stands 0 times"""
    return right_names__depth_first(result)[1:]


def wrong_names__the_nodes(result):
    """a class name is a text"""
    return [] if result.grad_fn is None else nodes(result)


def wrong_names__needs_a_record(result):
    """AttributeError at"""
    found = [result.grad_fn]
    for node in found:
        for earlier, _ in node.next_functions:
            if earlier is not None and earlier not in found:
                found.append(earlier)
    return [type(node).__name__ for node in found]


def wrong_names__one_text(result):
    """expected a list, got a str"""
    return ", ".join(right_names__depth_first(result))


def right_by_hand__one_line(w, x, b, target):
    return 2 * (w * x + b - target) * x, 2 * (w * x + b - target)


def right_by_hand__node_by_node(w, x, b, target):
    product = w * x
    total = product + b
    off = total - target
    g_off = 1.0 * 2 * off
    g_total = g_off
    g_b, g_product = g_total, g_total
    g_w = g_product * x
    return (g_w, g_b)


def right_by_hand__expanded(w, x, b, target):
    for_w = 2 * w * x**2 + 2 * x * (b - target)
    return for_w, 2 * w * x + 2 * (b - target)


def wrong_by_hand__torch(w, x, b, target):
    """torch is not allowed here"""
    w = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    b = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    ((w * x + b - target) ** 2).backward()
    return w.grad.item(), b.grad.item()


def wrong_by_hand__nudged(w, x, b, target):
    """was it found by nudging?"""

    def loss(w, b):
        return (w * x + b - target) ** 2

    h = 1e-5
    return (loss(w + h, b) - loss(w - h, b)) / (2 * h), (loss(w, b + h) - loss(w, b - h)) / (2 * h)


def wrong_by_hand__two_forgotten(w, x, b, target):
    """the gradient of w is"""
    error = w * x + b - target
    return error * x, error


def wrong_by_hand__turned(w, x, b, target):
    g = 2 * (w * x + b - target)
    return g, g * x


def wrong_by_hand__for_x(w, x, b, target):
    g = 2 * (w * x + b - target)
    return g * w, g


def wrong_by_hand__no_return(w, x, b, target):
    """is a `return` missing?"""
    g = 2 * (w * x + b - target)
    g * x, g


def wrong_by_hand__one_number(w, x, b, target):
    """expected a tuple, got a float"""
    return 2 * (w * x + b - target) * x


def wrong_by_hand__a_dict(w, x, b, target):
    """expected a tuple, got a dict"""
    g = 2 * (w * x + b - target)
    return {"w": g * x, "b": g}


def right_agrees__gradcheck(f, x):
    return torch.autograd.gradcheck(f, (x.double().requires_grad_(),), raise_exception=False)


def right_agrees__by_a_loop(f, x):
    x = x.detach().to(torch.float64)
    leaf = x.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(f(leaf), leaf)
    flat = x.flatten()
    for n in range(len(flat)):
        up, down = flat.clone(), flat.clone()
        up[n] += 1e-6
        down[n] -= 1e-6
        slope = (f(up.reshape(x.shape)) - f(down.reshape(x.shape))) / 2e-6
        if abs(slope.item() - gradient.flatten()[n].item()) > 1e-4 * max(1, abs(slope.item())):
            return False
    return True


def right_agrees__largest_difference(f, x):
    point = x.double().clone().requires_grad_()
    f(point).backward()
    off = (point.grad - finite_difference(f, point.detach())).abs().max()
    return off.item() < 1e-4


def _close(f, x, share):
    leaf = x.double().clone().requires_grad_()
    f(leaf).backward()
    trial = finite_difference(f, leaf.detach())
    return torch.allclose(leaf.grad, trial, rtol=share)


def wrong_agrees__two_digits(f, x):
    """off by half a percent"""
    return _close(f, x, 1e-2)


def wrong_agrees__yes(f, x):
    """a cube with a wrong rule"""
    return True


def wrong_agrees__float32(f, x):
    leaf = x.clone().requires_grad_()
    f(leaf).backward()
    trial = finite_difference(f, x.clone(), step=1e-3)
    return torch.allclose(leaf.grad, trial, rtol=1e-3, atol=1e-3)


def wrong_agrees__marks_its_argument(f, x):
    """changed `x.requires_grad`"""
    x.requires_grad_()
    f(x).backward()
    trial = finite_difference(f, x.detach().double())
    return torch.allclose(x.grad.double(), trial, rtol=1e-4)


def wrong_agrees__a_tensor_of_answers(f, x):
    """expected a bool, got a tensor"""
    leaf = x.double().clone().requires_grad_()
    f(leaf).backward()
    return torch.isclose(leaf.grad, finite_difference(f, leaf.detach()))


def wrong_agrees__no_for_an_answer(f, x):
    return False


def right_backward__counts_who_waits(result):
    uses = {}

    def count(node):
        for earlier, _ in node.next_functions:
            if earlier is not None:
                uses[earlier] = uses.get(earlier, 0) + 1
                if uses[earlier] == 1:
                    count(earlier)

    count(result.grad_fn)
    came = {result.grad_fn: torch.ones_like(result)}
    ready, leaves = [result.grad_fn], {}
    while ready:
        node = ready.pop()
        if hasattr(node, "variable"):
            leaves[node.variable] = came[node]
            continue
        sent = node(came[node])
        if not isinstance(sent, tuple):
            sent = (sent,)
        for (earlier, _), g in zip(node.next_functions, sent):
            if earlier is None:
                continue
            came[earlier] = came.get(earlier, 0) + g
            uses[earlier] -= 1
            if uses[earlier] == 0:
                ready.append(earlier)
    return leaves


def right_backward__sorted_after(result):
    done, order = set(), []

    def visit(node):
        if node in done:
            return
        done.add(node)
        for earlier, _ in node.next_functions:
            if earlier:
                visit(earlier)
        order.insert(0, node)

    visit(result.grad_fn)
    inbox = {node: [] for node in order}
    inbox[result.grad_fn].append(torch.tensor(1.0))
    grads = {}
    for node in order:
        total = sum(inbox[node])
        if not node.next_functions:
            grads[node.variable] = total
        else:
            out = node(total)
            out = out if isinstance(out, (tuple, list)) else [out]
            for n, (earlier, _) in enumerate(node.next_functions):
                if earlier:
                    inbox[earlier].append(out[n])
    return grads


def right_backward__by_sequence_numbers(result):
    came = {result.grad_fn: torch.ones_like(result)}
    grads = {}
    while came:
        node = max(came, key=_made_at)
        total = came.pop(node)
        if type(node).__name__ == "AccumulateGrad":
            grads[node.variable] = total
            continue
        sent = node(total)
        for (earlier, _), g in zip(node.next_functions, sent if type(sent) is tuple else (sent,)):
            if earlier is not None:
                came[earlier] = came[earlier] + g if earlier in came else g
    return grads


def _made_at(node):  # accumulating comes at the very end
    return -1 if type(node).__name__ == "AccumulateGrad" else node._sequence_nr()


def wrong_backward__autograd(result):
    """autograd is not allowed here"""
    leaves = [node.variable for node in nodes(result) if hasattr(node, "variable")]
    return dict(zip(leaves, torch.autograd.grad(result, leaves)))


def wrong_backward__backward_and_grad(result):
    """autograd is not allowed here, and this asks it for the gradient: `result.backward()`"""
    result.backward()
    leaves = [node.variable for node in nodes(result) if hasattr(node, "variable")]
    return {leaf: leaf.grad for leaf in leaves}


def wrong_backward__replaces(result):
    """x**2 + 3 * x + z: the gradient of x"""
    leaves, waiting = {}, [(result.grad_fn, torch.ones_like(result))]
    while waiting:
        node, came = waiting.pop()
        if not node.next_functions:
            leaves[node.variable] = came
            continue
        sent = node(came)
        sent = sent if isinstance(sent, tuple) else (sent,)
        pairs = zip(node.next_functions, sent)
        waiting += [(earlier, g) for (earlier, _), g in pairs if earlier is not None]
    return leaves


def wrong_backward__way_by_way(result):
    """one node was called 8 times"""
    leaves = {}

    def send(node, came):
        if not node.next_functions:
            leaves[node.variable] = leaves.get(node.variable, 0) + came
            return
        sent = node(came)
        sent = sent if isinstance(sent, tuple) else (sent,)
        for (earlier, _), g in zip(node.next_functions, sent):
            if earlier is not None:
                send(earlier, g)

    send(result.grad_fn, torch.ones_like(result))
    return leaves


def wrong_backward__into_grad(result):
    """do not put them into `.grad`"""
    grads = right_backward__counts_who_waits(result)
    for leaf, g in grads.items():
        leaf.grad = g
    return grads


def wrong_backward__names_as_keys(result):
    """the leaf x is no key of your dict"""
    grads = right_backward__counts_who_waits(result)
    return {f"leaf {n}": g for n, g in enumerate(grads.values())}


def wrong_backward__a_list(result):
    """expected a dict, got a list"""
    return list(right_backward__counts_who_waits(result).values())


def wrong_backward__no_return(result):
    """expected a dict, got None"""
    right_backward__counts_who_waits(result)
