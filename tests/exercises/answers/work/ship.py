"""Answers to *Ship it* as readers write them, right and wrong."""

import copy

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.export import Dim, ExportedProgram, export


def right_read_image__pasted(path):
    picture = Image.open(path).convert("RGBA")
    paper = Image.new("RGB", picture.size, (255, 255, 255))
    paper.paste(picture, mask=picture.getchannel("A"))
    small = np.asarray(paper.convert("L").resize((8, 8)))
    inside = small[1:-1, 1:-1]
    border = (small.sum(dtype=int) - inside.sum(dtype=int)) / 28
    return torch.tensor(255 - small if border > 127 else small)


def right_read_image__inverted_by_pillow(path):
    with Image.open(path) as file:
        picture = file.convert("RGBA")
    gray = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    gray = gray.convert("L").resize((8, 8), Image.Resampling.BOX)
    a = np.array(gray).astype(float)
    edge = np.concatenate([a[0], a[-1], a[1:-1, 0], a[1:-1, -1]])
    if edge.mean() > 127:
        gray = ImageOps.invert(gray)
    return torch.from_numpy(np.array(gray))


def right_read_image__by_arithmetic(path):
    pixels = torch.from_numpy(np.array(Image.open(path).convert("RGBA"))).double()
    solid = pixels[..., 3:] / 255
    color = pixels[..., :3] * solid + 255 * (1 - solid)
    gray = (color * torch.tensor([0.299, 0.587, 0.114])).sum(-1).round().to(torch.uint8)
    small = torch.from_numpy(np.array(Image.fromarray(gray.numpy()).resize((8, 8))))
    ring = [small[0], small[7], small[1:7, 0], small[1:7, 7]]
    return 255 - small if torch.cat(ring).double().mean() > 127 else small


def _image(path, *, mode="RGBA", turn="border", size=(8, 8)):
    picture = Image.open(path)
    if mode == "RGBA":
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    a = torch.from_numpy(np.array(picture.convert("L").resize(size)))
    ring = torch.ones(a.shape, dtype=torch.bool)
    ring[1:-1, 1:-1] = False
    level = {"border": a[ring].float().mean(), "all": a.float().mean(), "never": 0, "always": 255}
    return 255 - a if level[turn] > 127 else a


def wrong_read_image__transparent_is_black(path):
    """transparent elsewhere: a pixel is off"""
    return _image(path, mode="L")


def wrong_read_image__never_turned(path):
    """black ink on white: a pixel is off"""
    return _image(path, turn="never")


def wrong_read_image__always_turned(path):
    """white ink on black: a pixel is off"""
    return _image(path, turn="always")


def wrong_read_image__by_all_pixels(path):
    """the border has 0 and the inside 250"""
    return _image(path, turn="all")


def wrong_read_image__floats(path):
    """expected uint8, got torch.float32"""
    return _image(path).float() / 255


def wrong_read_image__not_made_small(path):
    """expected the shape (8, 8), got (64, 64)"""
    return _image(path, size=Image.open(path).size)


def wrong_read_image__a_channel(path):
    """expected the shape (8, 8), got (1, 8, 8)"""
    return _image(path)[None]


def wrong_read_image__an_array(path):
    """got a ndarray"""
    return _image(path).numpy()


def wrong_read_image__colors(path):
    """expected the shape (8, 8)"""
    return torch.from_numpy(np.array(Image.open(path).convert("RGB").resize((8, 8))))


def wrong_read_image__written_back(path):
    """the file has changed"""
    result = _image(path)
    Image.fromarray(result.numpy()).resize((16, 16)).save(path)
    return result


def right_calibration_error__bins(chances, y, parts=10):
    sure, said = chances.max(1)
    right = (said == y).double()
    total = 0.0
    for k in range(parts):
        here = (sure >= k / parts) & ((sure < (k + 1) / parts) | (k == parts - 1))
        if here.any():
            share = here.sum() / len(y)
            total += (share * (sure[here].double().mean() - right[here].mean()).abs()).item()
    return total


def right_calibration_error__by_python(chances, y, parts=10):
    bins = [[] for _ in range(parts)]
    for row, label in zip(chances.tolist(), y.tolist(), strict=True):
        sure = max(row)
        bins[min(int(sure * parts), parts - 1)].append((sure, row.index(sure) == label))
    error = 0.0
    for found in bins:
        if found:
            sure = sum(s for s, _ in found) / len(found)
            right = sum(r for _, r in found) / len(found)
            error += len(found) / len(y) * abs(sure - right)
    return error


def right_calibration_error__bincount(chances, y, parts=10):
    sure = chances.amax(dim=1).double()
    hit = chances.argmax(dim=1).eq(y).double()
    place = (sure * parts).floor().clamp(0, parts - 1).long()
    gaps = torch.bincount(place, weights=sure - hit, minlength=parts)
    return float(gaps.abs().sum() / y.numel())


def wrong_calibration_error__no_bins(chances, y, parts=10):
    """bins of three, one and one answers"""
    sure, said = chances.max(1)
    return abs(sure.mean().item() - (said == y).double().mean().item())


def wrong_calibration_error__each_bin_alike(chances, y, parts=10):
    sure, said = chances.max(1)
    place = (sure * parts).long().clamp(max=parts - 1)
    gaps = [
        abs((sure[place == k].mean() - (said == y)[place == k].double().mean()).item())
        for k in place.unique()
    ]
    return sum(gaps) / len(gaps)


def wrong_calibration_error__one_by_one(chances, y, parts=10):
    sure, said = chances.max(1)
    return (sure - (said == y).double()).abs().mean().item()


def wrong_calibration_error__the_probability_of_the_label(chances, y, parts=10):
    """all sure, all wrong"""
    sure = chances.gather(1, y[:, None])[:, 0].double()
    hit = chances.argmax(1).eq(y).double()
    place = (sure * parts).long().clamp(max=parts - 1)
    return torch.bincount(place, weights=sure - hit).abs().sum().item() / len(y)


def wrong_calibration_error__one_is_left_out(chances, y, parts=10):
    """all sure, all wrong"""
    sure, said = chances.max(1)
    total = 0.0
    for k in range(parts):
        here = (sure >= k / parts) & (sure < (k + 1) / parts)
        if here.any():
            gap = sure[here].double().mean() - (said == y)[here].double().mean()
            total += abs(gap.item()) * here.sum().item() / len(y)
    return total


def wrong_calibration_error__with_its_sign(chances, y, parts=10):
    sure, said = chances.max(1)
    return (sure.double() - (said == y).double()).mean().item()


def wrong_calibration_error__always_ten(chances, y, parts=10):
    """all in one bin"""
    return right_calibration_error__bincount(chances, y)


def wrong_calibration_error__a_tensor(chances, y, parts=10):
    """expected a float, got Tensor"""
    return torch.tensor(right_calibration_error__bincount(chances, y, parts))


def wrong_calibration_error__percent(chances, y, parts=10):
    return 100 * right_calibration_error__bincount(chances, y, parts)


def _kept(model):
    state = copy.deepcopy(model.state_dict())
    return lambda: model.load_state_dict(state)


def right_check_model__a_copy(model):
    asked = copy.deepcopy(model)
    rows = torch.randn(8, 4)
    with torch.no_grad():
        together = asked(rows)
        try:
            alone = torch.cat([asked(row[None]) for row in rows])
        except ValueError:
            raise AssertionError("needs more than one row") from None
        turned = asked(rows.flip(0)).flip(0)
        again = asked(rows)
    for other in (alone, turned, again):
        assert (other - together).abs().max() < 1e-3, "not the same"


def right_check_model__other_companions(model):
    give_back = _kept(model)
    try:
        x = torch.rand(6, 4) * 4 - 2
        other = torch.cat([torch.rand(3, 4) * 9, x])
        with torch.no_grad():
            first, second, third = model(x), model(x), model(other)[3:]
            single = torch.stack([model(x[n : n + 1])[0] for n in range(len(x))])
    except Exception as error:
        raise AssertionError(str(error)) from error
    finally:
        give_back()
    close = {"rtol": 1e-4, "atol": 1e-4}
    assert torch.allclose(first, second, **close)
    assert torch.allclose(first, third, **close)
    assert torch.allclose(first, single, **close)


def right_check_model__testing(model):
    give_back = _kept(model)
    generator = torch.Generator().manual_seed(7)
    rows = torch.randn(5, 4, generator=generator)
    try:
        with torch.no_grad():
            want = model(rows)
            for order in (range(5), [4, 3, 2, 1, 0], [2], [1], [3, 0], [0], [4]):
                for _ in range(2):
                    got = model(rows[list(order)])
                    torch.testing.assert_close(got, want[list(order)], rtol=1e-4, atol=1e-4)
    except ValueError as error:
        raise AssertionError("one row is refused") from error
    finally:
        give_back()


def wrong_check_model__nothing(model):
    """a broken model has passed"""
    with torch.no_grad():
        assert model(torch.randn(2, 4).detach()).shape == (2, 3) or True


def wrong_check_model__twice_the_same(model):
    """a broken model has passed"""
    give_back = _kept(model)
    rows = torch.randn(4, 4)
    with torch.no_grad():
        same = torch.allclose(model(rows), model(rows), atol=1e-4)
    give_back()
    assert same


def wrong_check_model__in_evaluation(model):
    """the model has changed"""
    model.eval()
    right_check_model__testing(model)


def wrong_check_model__the_mode_decides(model):
    """a good model was refused (one in training mode"""
    assert not model.training, "in training mode"
    right_check_model__a_copy(model)


def wrong_check_model__the_state_is_left(model):
    """the model has changed (batch norm in training mode)"""
    rows = torch.randn(8, 4)
    with torch.no_grad():
        together = model(rows)
        turned = model(rows.flip(0)).flip(0)
        pair = torch.cat([model(rows[n : n + 2]) for n in range(0, 8, 2)])
        assert torch.allclose(together, turned, atol=1e-4)
        assert torch.allclose(together, pair, atol=1e-4)


def wrong_check_model__bit_by_bit(model):
    """a good model was refused"""
    asked = copy.deepcopy(model)
    rows = torch.randn(64, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(asked(rows).double(), asked.double()(rows.double()))


def wrong_check_model__the_first_row(model):
    """a broken model has passed"""
    asked = copy.deepcopy(model)
    rows = torch.randn(8, 4)
    with torch.no_grad():
        assert torch.allclose(asked(rows), asked(rows), atol=1e-4)
        assert torch.allclose(asked(rows[:4])[1:], asked(rows)[1:4], atol=1e-4)


def wrong_check_model__the_other_way_round(model):
    """a good model was refused"""
    try:
        right_check_model__a_copy(model)
    except AssertionError:
        return
    raise AssertionError("it is good")


def wrong_check_model__says_it(model):
    """a broken model has passed"""
    try:
        right_check_model__a_copy(model)
    except AssertionError:
        return "broken"
    return "fine"


def right_export_any__a_copy(model, example):
    asked = copy.deepcopy(model).eval()
    two = example[:1].expand(2, *example.shape[1:]).contiguous()
    return export(asked, (two,), dynamic_shapes={"input": {0: Dim("n", min=1)}})


def right_export_any__auto(model, example):
    modes = [module.training for module in model.modules()]
    model.eval()
    rows = torch.cat([example] * 3)
    program = export(model, (rows,), dynamic_shapes=[{0: Dim.DYNAMIC}])
    for module, mode in zip(model.modules(), modes, strict=True):
        module.training = mode
    return program


def right_export_any__repeated(model, example):
    training = {m for m in model.modules() if m.training}
    try:
        model.eval()
        rows = example.repeat(2, *[1] * (example.dim() - 1))
        return export(model, args=(rows,), dynamic_shapes=({0: Dim("rows")},))
    finally:
        for m in model.modules():
            m.training = m in training


def wrong_export_any__one_size(model, example):
    """it refuses"""
    asked = copy.deepcopy(model).eval()
    return export(asked, (torch.cat([example] * 2),))


def wrong_export_any__in_its_mode(model, example):
    """in evaluation mode dropout is off"""
    return export(
        copy.deepcopy(model).train(),
        (torch.cat([example] * 2),),
        dynamic_shapes=({0: Dim("n")},),
    )


def wrong_export_any__the_mode_is_changed(model, example):
    """(or its mode) is another"""
    return export(model.eval(), (torch.cat([example] * 2),), dynamic_shapes=({0: Dim("n")},))


def wrong_export_any__all_in_training_afterwards(model, example):
    """(or its mode) is another"""
    program = right_export_any__a_copy(model, example)
    model.train()
    return program


def wrong_export_any__the_module(model, example):
    """expected an exported program"""
    return right_export_any__a_copy(model, example).module()


def wrong_export_any__a_copy_of_the_model(model, example):
    """expected an exported program, got a Sequential"""
    return copy.deepcopy(model).eval()


def wrong_export_any__the_example_alone(model, example):
    """Error at"""
    return export(copy.deepcopy(model).eval(), (example,), dynamic_shapes=({0: Dim("n")},))


def wrong_export_any__at_most_eight(model, example):
    """it refuses 17 rows"""
    rows = torch.cat([example] * 2)[:2]
    shapes = ({0: Dim("n", max=8)},)
    program: ExportedProgram = export(copy.deepcopy(model).eval(), (rows,), dynamic_shapes=shapes)
    return program
