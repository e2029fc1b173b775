"""Answers to *Modules* as readers write them, right and wrong."""

import copy
import io

import torch
import torch.nn.functional as F
from torch import nn


def right_mlp_parameters__by_index(sizes):
    total = 0
    for n in range(len(sizes) - 1):
        total += (sizes[n] + 1) * sizes[n + 1]
    return total


def right_mlp_parameters__zipped(sizes):
    return sum(i * o + o for i, o in zip(sizes, sizes[1:]))  # noqa: B905


def right_mlp_parameters__by_itself(sizes):
    if len(sizes) < 2:
        return 0
    first, second = sizes[:2]
    return first * second + second + right_mlp_parameters__by_itself(sizes[1:])


def wrong_mlp_parameters__real_layers(sizes):
    """no module is to be built"""
    layers = [nn.Linear(i, o) for i, o in zip(sizes, sizes[1:], strict=False)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


def wrong_mlp_parameters__on_the_meta_device(sizes):
    """Make no layer"""
    net = nn.Sequential(
        *[nn.Linear(i, o, device="meta") for i, o in zip(sizes, sizes[1:], strict=False)]
    )
    return sum(p.numel() for p in net.parameters())


def wrong_mlp_parameters__no_biases(sizes):
    """out biases"""
    return sum(i * o for i, o in zip(sizes, sizes[1:], strict=False))


def wrong_mlp_parameters__as_many_biases_as_inputs(sizes):
    return sum(i * o + i for i, o in zip(sizes, sizes[1:], strict=False))


def wrong_mlp_parameters__one_bias_each(sizes):
    return sum(i * o + 1 for i, o in zip(sizes, sizes[1:], strict=False))


def wrong_mlp_parameters__the_first_layer(sizes):
    return sizes[0] * sizes[1] + sizes[1]


def wrong_mlp_parameters__a_tensor(sizes):
    """`.item()` gets the number out"""
    s = torch.tensor(sizes)
    return ((s[:-1] + 1) * s[1:]).sum()


def wrong_mlp_parameters__the_list_is_used_up(sizes):
    """the list of sizes has changed"""
    total = 0
    while len(sizes) > 1:
        inputs = sizes.pop(0)
        total += (inputs + 1) * sizes[0]
    return total


class right_Deep__a_sequential(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        layers = []
        for i, o in zip(sizes, sizes[1:], strict=False):
            layers += [nn.Linear(i, o), nn.ReLU()]
        self.net = nn.Sequential(*layers[:-1])

    def forward(self, x):
        return self.net(x)


class right_Deep__the_last_registered_first(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.last = nn.Linear(sizes[-2], sizes[-1])
        self.hidden = nn.ModuleList(
            nn.Linear(sizes[n], sizes[n + 1]) for n in range(len(sizes) - 2)
        )

    def forward(self, x):
        for layer in self.hidden:
            x = layer(x).clamp(min=0)
        return self.last(x)


class right_Deep__names(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.count = len(sizes) - 1
        for n in range(self.count):
            setattr(self, f"layer{n}", nn.Linear(sizes[n], sizes[n + 1]))

    def forward(self, x):
        for n in range(self.count):
            x = getattr(self, f"layer{n}")(x)
            if n < self.count - 1:
                x = F.relu(x)
        return x


class wrong_Deep__a_plain_list(nn.Module):
    """A plain list is not seen"""

    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(i, o) for i, o in zip(sizes, sizes[1:], strict=False)]

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class wrong_Deep__relu_at_the_end(nn.Module):
    """ReLU after each layer but the last"""

    def __init__(self, sizes):
        super().__init__()
        pairs = zip(sizes, sizes[1:], strict=False)
        self.layers = nn.ModuleList([nn.Linear(i, o) for i, o in pairs])

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return x


class wrong_Deep__no_relu(wrong_Deep__relu_at_the_end):
    """ReLU after each layer but the last"""

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class wrong_Deep__a_sigmoid(wrong_Deep__relu_at_the_end):
    """ReLU after each layer but the last"""

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.sigmoid(layer(x))
        return self.layers[-1](x)


class wrong_Deep__two_layers(nn.Module):
    """it should have 111 parameters"""

    def __init__(self, sizes):
        super().__init__()
        self.a, self.b = nn.Linear(sizes[0], sizes[1]), nn.Linear(sizes[1], sizes[-1])

    def forward(self, x):
        return self.b(torch.relu(self.a(x)))


class wrong_Deep__no_biases(wrong_Deep__relu_at_the_end):
    """it should have 111 parameters"""

    def __init__(self, sizes):
        super().__init__(sizes)
        pairs = zip(sizes, sizes[1:], strict=False)
        self.layers = nn.ModuleList([nn.Linear(i, o, bias=False) for i, o in pairs])


class wrong_Deep__no_super(nn.Module):
    """AttributeError at"""

    def __init__(self, sizes):
        self.layers = nn.ModuleList([nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])])  # noqa: B905

    def forward(self, x):
        return x


class wrong_Deep__nothing_returned(wrong_Deep__relu_at_the_end):
    """forward should return a tensor, not None"""

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)


class right_RunningMaximum__detached(nn.Module):
    def __init__(self, columns):
        super().__init__()
        self.register_buffer("largest", -torch.inf * torch.ones(columns))

    def forward(self, x):
        if self.training:
            self.largest = torch.maximum(self.largest, x.detach().max(dim=0).values)
        return x


class right_RunningMaximum__row_by_row(nn.Module):
    def __init__(self, columns):
        super().__init__()
        self.largest = nn.Buffer(torch.full((columns,), -float("inf")))

    @torch.no_grad()
    def _remember(self, x):
        for row in x:
            higher = row > self.largest
            self.largest[higher] = row[higher]

    def forward(self, x):
        if self.training:
            self._remember(x)
        return x


class right_RunningMaximum__stacked(right_RunningMaximum__detached):
    def forward(self, x):
        if not self.training:
            return x
        self.largest.copy_(torch.cat([self.largest[None], x.detach()]).amax(0))
        return x


class wrong_RunningMaximum__an_attribute(nn.Module):
    """puts it into the state"""

    def __init__(self, columns):
        super().__init__()
        self.largest = torch.full((columns,), -torch.inf)

    def forward(self, x):
        if self.training:
            self.largest = torch.maximum(self.largest, x.detach().amax(0))
        return x


class wrong_RunningMaximum__a_parameter(nn.Module):
    """It should have no parameters"""

    def __init__(self, columns):
        super().__init__()
        self.largest = nn.Parameter(torch.full((columns,), -torch.inf), requires_grad=False)

    def forward(self, x):
        if self.training:
            self.largest.copy_(torch.maximum(self.largest, x.detach().amax(0)))
        return x


class wrong_RunningMaximum__from_zero(right_RunningMaximum__detached):
    """full of −inf"""

    def __init__(self, columns):
        super().__init__(columns)
        self.largest.zero_()


class wrong_RunningMaximum__always(right_RunningMaximum__detached):
    """look at self.training"""

    def forward(self, x):
        self.largest = torch.maximum(self.largest, x.detach().amax(0))
        return x


class wrong_RunningMaximum__the_last_batch(right_RunningMaximum__detached):
    """torch.maximum"""

    def forward(self, x):
        if self.training:
            self.largest = x.detach().amax(0)
        return x


class wrong_RunningMaximum__one_for_all(right_RunningMaximum__detached):
    """The largest of each column"""

    def forward(self, x):
        if self.training:
            self.largest = self.largest.clamp(min=x.max().item())
        return x


class wrong_RunningMaximum__returns_the_maximum(right_RunningMaximum__detached):
    """The input is returned as it came"""

    def forward(self, x):
        super().forward(x)
        return self.largest


class wrong_RunningMaximum__notes_kept(right_RunningMaximum__detached):
    """notes for a gradient"""

    def forward(self, x):
        if self.training:
            self.largest = torch.maximum(self.largest, x.amax(0))
        return x


class wrong_RunningMaximum__detached_for_all(right_RunningMaximum__detached):
    """lead back to the input"""

    def forward(self, x):
        return super().forward(x.detach())


class wrong_RunningMaximum__nothing_in_evaluation(right_RunningMaximum__detached):
    """In evaluation, too, the input is returned"""

    def forward(self, x):
        if self.training:
            return super().forward(x)
        return None


def right_snapshot__clones(model):
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def right_snapshot__through_a_file(model):
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    return torch.load(file)


def right_snapshot__a_copy_of_the_model(model):
    return copy.deepcopy(model).state_dict()


def right_snapshot__two_kinds(model):
    kept = {name: p.detach().clone() for name, p in model.named_parameters()}
    kept.update({name: b.clone() for name, b in model.named_buffers()})
    return kept


def wrong_snapshot__no_copy(model):
    """copy the tensors"""
    return model.state_dict()


def wrong_snapshot__a_new_dictionary(model):
    """copy the tensors"""
    return dict(model.state_dict())


def wrong_snapshot__detached(model):
    """copy the tensors"""
    return {name: tensor.detach() for name, tensor in model.state_dict().items()}


def wrong_snapshot__a_shallow_copy(model):
    """copy the tensors"""
    return copy.copy(model.state_dict())


def wrong_snapshot__parameters_alone(model):
    """the names should be"""
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def wrong_snapshot__the_model(model):
    """expected a dictionary"""
    return copy.deepcopy(model)


def wrong_snapshot__lists(model):
    """expected a tensor, got a list"""
    return {name: tensor.tolist() for name, tensor in model.state_dict().items()}


def wrong_snapshot__zeros(model):
    """just after the snapshot"""
    return {name: torch.zeros_like(tensor) for name, tensor in model.state_dict().items()}


def right_quiet__no_grad(model):
    for module in model.modules():
        if isinstance(module, nn.Linear):
            last = module
    with torch.no_grad():
        last.weight.zero_()
        if last.bias is not None:
            last.bias.zero_()


def right_quiet__data(model):
    linear = [module for _, module in model.named_modules() if type(module) is nn.Linear]
    for p in linear[-1].parameters():
        p.data.fill_(0.0)


def right_quiet__loaded(model):
    last = next(m for m in reversed(list(model.modules())) if isinstance(m, nn.Linear))
    last.load_state_dict({name: torch.zeros_like(t) for name, t in last.state_dict().items()})


def wrong_quiet__the_last_part(model):
    """Error at"""
    nn.init.zeros_(model[-1].weight)
    nn.init.zeros_(model[-1].bias)


def wrong_quiet__children_only(model):
    """IndexError at"""
    last = [m for m in model.children() if isinstance(m, nn.Linear)][-1]
    nn.init.zeros_(last.weight)


def wrong_quiet__all(model):
    """The first layer should stay as it is"""
    for p in model.parameters():
        nn.init.zeros_(p)


def wrong_quiet__weight_alone(model):
    """Its bias, too"""
    last = [m for m in model.modules() if isinstance(m, nn.Linear)][-1]
    nn.init.zeros_(last.weight)


def wrong_quiet__always_a_bias(model):
    """AttributeError at"""
    last = [m for m in model.modules() if isinstance(m, nn.Linear)][-1]
    last.weight.data.zero_()
    last.bias.data.zero_()


def wrong_quiet__new_parameters(model):
    """do not put in another"""
    last = [m for m in model.modules() if isinstance(m, nn.Linear)][-1]
    last.weight = nn.Parameter(torch.zeros_like(last.weight))
    if last.bias is not None:
        last.bias = nn.Parameter(torch.zeros_like(last.bias))


def wrong_quiet__frozen(model):
    """keep requires_grad"""
    last = [m for m in model.modules() if isinstance(m, nn.Linear)][-1]
    for p in last.parameters():
        p.requires_grad_(False)
        p.zero_()


def wrong_quiet__the_first(model):
    """The last linear layer should be zero"""
    first = next(m for m in model.modules() if isinstance(m, nn.Linear))
    for p in first.parameters():
        p.data.zero_()


def wrong_quiet__recorded(model):
    """RuntimeError at"""
    last = [m for m in model.modules() if isinstance(m, nn.Linear)][-1]
    last.weight.zero_()
