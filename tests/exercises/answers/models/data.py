"""Answers to *Data* as readers write them, right and wrong."""

import math
import struct

import torch
from torch import nn
from torch.utils.data import BatchSampler, DataLoader, Dataset


def right_batch_sizes__what_remains(count, size, drop_last):
    sizes = []
    while count >= size:
        sizes.append(size)
        count -= size
    if count > 0 and not drop_last:
        sizes.append(count)
    return sizes


def right_batch_sizes__starts(count, size, drop_last):
    sizes = [min(size, count - start) for start in range(0, count, size)]
    return [n for n in sizes if n == size or not drop_last]


def right_batch_sizes__slices(count, size, drop_last):
    samples = list(range(count))
    batches = [samples[start : start + size] for start in range(0, count, size)]
    if drop_last and batches and len(batches[-1]) < size:
        batches.pop()
    return [len(batch) for batch in batches]


def right_batch_sizes__a_sampler(count, size, drop_last):
    return [len(batch) for batch in BatchSampler(range(count), size, drop_last)]


def wrong_batch_sizes__a_loader(count, size, drop_last):
    """no loader is to be used"""
    loader = DataLoader(list(range(count)), batch_size=size, drop_last=drop_last)
    return [len(batch) for batch in loader]


def wrong_batch_sizes__a_loader_and_caught(count, size, drop_last):
    """no loader is to be used"""
    try:
        return [len(batch) for batch in DataLoader(list(range(count)), size, drop_last=drop_last)]
    except AssertionError:
        return right_batch_sizes__starts(count, size, drop_last)


def wrong_batch_sizes__always_full(count, size, drop_last):
    return [size] * math.ceil(count / size)


def wrong_batch_sizes__always_dropped(count, size, drop_last):
    """drop_last=False"""
    return [size] * (count // size)


def wrong_batch_sizes__a_zero(count, size, drop_last):
    """8 samples"""
    sizes = [size] * (count // size)
    return sizes if drop_last else [*sizes, count % size]


def wrong_batch_sizes__the_number(count, size, drop_last):
    """expected a list, got an int"""
    return count // size if drop_last else math.ceil(count / size)


def wrong_batch_sizes__the_other_way(count, size, drop_last):
    return right_batch_sizes__starts(count, size, not drop_last)


class right_Windows__unfold(Dataset):
    def __init__(self, series, length):
        fits = len(series) > length
        self.rows = series.unfold(0, length + 1, 1) if fits else series[:0, None]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index, :-1], self.rows[index, -1]


class right_Windows__lists(Dataset):
    def __init__(self, series, length):
        self.pairs = []
        for end in range(length, len(series)):
            self.pairs.append((series[end - length : end].clone(), series[end].clone()))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        return self.pairs[index]


class right_Windows__narrow(Dataset):
    def __init__(self, series, length):
        self.s, self.n = series, length

    def __len__(self):
        count = self.s.shape[0] - self.n
        return count if count > 0 else 0

    def __getitem__(self, i):
        return self.s.narrow(0, i, self.n), self.s[i + self.n]


class wrong_Windows__one_too_many(right_Windows__narrow):
    """n - length of them"""

    def __len__(self):
        return len(self.s) - self.n + 1


class wrong_Windows__a_length_below_zero(right_Windows__narrow):
    """`len` of a series that is too short is below 0"""

    def __len__(self):
        return len(self.s) - self.n


class wrong_Windows__the_next_in_brackets(right_Windows__narrow):
    """expected shape (), got shape (1,)"""

    def __getitem__(self, i):
        return self.s[i : i + self.n], self.s[i + self.n : i + self.n + 1]


class wrong_Windows__side_by_side(right_Windows__narrow):
    def __getitem__(self, i):
        start = i * self.n
        return self.s[start : start + self.n], self.s[(start + self.n) % len(self.s)]


class wrong_Windows__the_last_of_the_window(right_Windows__narrow):
    def __getitem__(self, i):
        return self.s[i : i + self.n], self.s[i + self.n - 1]


class wrong_Windows__a_number(right_Windows__narrow):
    """expected a tensor"""

    def __getitem__(self, i):
        return self.s[i : i + self.n], self.s[i + self.n].item()


class wrong_Windows__floats(right_Windows__narrow):
    """whole numbers"""

    def __getitem__(self, i):
        return self.s[i : i + self.n].float(), self.s[i + self.n].float()


class wrong_Windows__a_list(right_Windows__narrow):
    """expected a tuple, got a list"""

    def __getitem__(self, i):
        return [self.s[i : i + self.n], self.s[i + self.n]]


def right_collate_words__padded(words):
    rows = [torch.tensor([ord(c) - ord("a") + 1 for c in word]) for word in words]
    numbers = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return numbers, numbers > 0


def right_collate_words__lists(words):
    longest = max(len(word) for word in words)
    rows = [[ord(c) - 96 for c in word] + [0] * (longest - len(word)) for word in words]
    numbers = torch.tensor(rows)
    return numbers, numbers.bool()


def right_collate_words__two_loops(words):
    longest = max(len(word) for word in words)
    numbers = torch.zeros((len(words), longest), dtype=torch.long)
    mask = torch.zeros((len(words), longest), dtype=torch.bool)
    for i, word in enumerate(words):
        for j, letter in enumerate(word):
            numbers[i, j] = "abcdefghijklmnopqrstuvwxyz".find(letter) + 1
            mask[i, j] = True
    return numbers, mask


def right_collate_words__lengths(words):
    lengths = torch.tensor([len(word) for word in words])
    longest = int(lengths.max())
    numbers = torch.tensor([list(word.ljust(longest, "`").encode()) for word in words]) - 96
    return numbers, torch.arange(longest) < lengths[:, None]


def wrong_collate_words__a_list(words):
    """expected a tuple, got a list"""
    return list(right_collate_words__padded(words))


def wrong_collate_words__lists_inside(words):
    """expected a tensor, got a list"""
    numbers, mask = right_collate_words__padded(words)
    return numbers.tolist(), mask.tolist()


def wrong_collate_words__a_is_zero(words):
    numbers, mask = right_collate_words__padded(words)
    return (numbers - 1).clamp(min=0), mask


def wrong_collate_words__floats(words):
    """expected dtype torch.int64"""
    numbers, mask = right_collate_words__padded(words)
    return numbers.float(), mask


def wrong_collate_words__a_mask_of_numbers(words):
    """expected dtype torch.bool"""
    numbers, mask = right_collate_words__padded(words)
    return numbers, mask.long()


def wrong_collate_words__true_for_padding(words):
    """the mask"""
    numbers, mask = right_collate_words__padded(words)
    return numbers, ~mask


def wrong_collate_words__cut_to_the_first(words):
    length = len(words[0])
    rows = [[ord(c) - 96 for c in word[:length].ljust(length, "`")] for word in words]
    return torch.tensor(rows), torch.tensor(rows) != 0


def wrong_collate_words__filled_up_at_the_front(words):
    longest = max(map(len, words))
    numbers = torch.tensor([[ord(c) - 96 for c in word.rjust(longest, "`")] for word in words])
    return numbers, numbers != 0


def wrong_collate_words__bytes(words):
    rows = [torch.tensor(list(word.encode())) for word in words]
    numbers = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return numbers, numbers > 0


def wrong_collate_words__numbers_alone(words):
    """expected a tuple, got a tensor"""
    return right_collate_words__padded(words)[0]


def right_header__struct(content):
    if len(content) < 4 or not content.startswith(b"\x00\x00\x08"):
        raise ValueError("another magic number")
    count = content[3]
    if len(content) < 4 + 4 * count:
        raise ValueError("the header is cut off")
    shape = struct.unpack(f">{count}I", content[4 : 4 + 4 * count])
    if math.prod(shape) != len(content) - 4 - 4 * count:
        raise ValueError("too few or too many values")
    return shape


def right_header__step_by_step(content):
    if content[:3] != bytes([0, 0, 8]):
        raise ValueError(content[:3])
    if len(content) == 3:
        raise ValueError("cut off")
    shape = []
    rest = content[4:]
    for _ in range(content[3]):
        if len(rest) < 4:
            raise ValueError("cut off")
        shape.append(rest[0] << 24 | rest[1] << 16 | rest[2] << 8 | rest[3])
        rest = rest[4:]
    values = 1
    for n in shape:
        values *= n
    if values != len(rest):
        raise ValueError(f"{len(rest)} values, and {values} announced")
    return tuple(shape)


def right_header__all_errors_are_one(content):
    try:
        zero, also_zero, kind, count = content[:4]
        sizes = struct.unpack_from(f">{count}I", content, 4)
    except struct.error as error:
        raise ValueError("cut off") from error
    if (zero, also_zero, kind) != (0, 0, 8) or 4 + 4 * count + math.prod(sizes) != len(content):
        raise ValueError("no such file")
    return tuple(sizes)


def wrong_header__the_last_byte_of_each_size(content):
    """A size is a number of four bytes"""
    right_header__struct(content)
    return tuple(content[7 + 4 * n] for n in range(content[3]))


def wrong_header__little_endian(content):
    """ValueError at"""
    sizes = struct.unpack(f"<{content[3]}I", content[4 : 4 + 4 * content[3]])
    return _checked(content, sizes)


def _checked(content, sizes):
    if content[:3] != b"\x00\x00\x08" or len(content) != 4 + 4 * len(sizes) + math.prod(sizes):
        raise ValueError("bad")
    return sizes


def wrong_header__a_list(content):
    """expected a tuple, got a list"""
    return list(right_header__struct(content))


def wrong_header__nothing_looked_at(content):
    """should raise a ValueError"""
    return struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])


def wrong_header__too_many_are_let_through(content):
    """a value too many should raise a ValueError"""
    if len(content) < 4 or content[:3] != b"\x00\x00\x08" or len(content) < 4 + 4 * content[3]:
        raise ValueError("bad")
    sizes = struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])
    if math.prod(sizes) > len(content) - 4 - 4 * content[3]:
        raise ValueError("too few")
    return sizes


def wrong_header__assertions(content):
    assert content[:3] == b"\x00\x00\x08"
    return right_header__struct(content)


def wrong_header__cut_off(content):
    """error at"""
    if content[:3] != b"\x00\x00\x08":
        raise ValueError("bad")
    sizes = struct.unpack(f">{content[3]}I", content[4 : 4 + 4 * content[3]])
    return _checked(content, sizes)


class right_Pictures__floats_at_once(Dataset):
    def __init__(self, images, labels, transform=None):
        self.x = images.unsqueeze(1).to(torch.float32) / 255.0
        self.y = labels.tolist()
        self.transform = transform

    def __len__(self):
        return self.x.shape[0]

    def __getitem__(self, i):
        x = self.x[i]
        return (x if self.transform is None else self.transform(x)), self.y[i]


class right_Pictures__mul(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels = images, labels
        self.transform = transform or (lambda image: image)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        image = self.images[i].float().mul(1 / 255).reshape(1, *self.images.shape[1:])
        return self.transform(image), self.labels[i].item()


class right_Pictures__identity(right_Pictures__mul):
    def __init__(self, images, labels, transform=None):
        super().__init__(images, labels, transform if transform is not None else nn.Identity())


class wrong_Pictures__bytes(right_Pictures__mul):
    """expected dtype torch.float32"""

    def __getitem__(self, i):
        return self.transform(self.images[i][None]), int(self.labels[i])


class wrong_Pictures__not_divided(right_Pictures__mul):
    """Divide by 255"""

    def __getitem__(self, i):
        return self.transform(self.images[i][None].float()), int(self.labels[i])


class wrong_Pictures__no_channel(right_Pictures__mul):
    """expected shape (1, 2, 2), got shape (2, 2)"""

    def __getitem__(self, i):
        return self.transform(self.images[i].float() / 255), int(self.labels[i])


class wrong_Pictures__a_label_in_a_tensor(right_Pictures__mul):
    """int(…) or .item()"""

    def __getitem__(self, i):
        return self.transform(self.images[i][None].float() / 255), self.labels[i]


class wrong_Pictures__transformed_as_bytes(right_Pictures__mul):
    """transform gets the float image"""

    def __getitem__(self, i):
        return self.transform(self.images[i][None]).float() / 255, int(self.labels[i])


class wrong_Pictures__transform_forgotten(right_Pictures__mul):
    """returns what is used"""

    def __getitem__(self, i):
        image = self.images[i][None].float() / 255
        self.transform(image)
        return image, int(self.labels[i])


class wrong_Pictures__transform_is_needed(right_Pictures__mul):
    """TypeError at"""

    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform


class wrong_Pictures__channel_at_the_end(right_Pictures__mul):
    def __getitem__(self, i):
        return self.transform(self.images[i][..., None].float() / 255), int(self.labels[i])


class wrong_Pictures__divided_by_256(right_Pictures__mul):
    def __getitem__(self, i):
        return self.transform(self.images[i][None].float() / 256), int(self.labels[i])
